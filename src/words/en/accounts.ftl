field-email = Expected an e-mail address such as name@example.org.
field-email_taken = This e-mail address has an account already.
field-password_length = A password has { $minimum } to { $maximum } characters.
field-setup_token_unknown = This is not the set-up token, or it was used already.
