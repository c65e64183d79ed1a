field-email = Expected an e-mail address such as name@example.org.
field-email_taken = This e-mail address has an account already.
field-password_length = A password has { $minimum } to { $maximum } characters.
field-setup_token_unknown = This is not the set-up token, or it was used already.
field-cookie_needs_https = A session is kept in cookies only where this server is reached by https.
field-cookie_needs_own_page = Cookies are for the pages of this server: the request has to come from one of them, with the header X-Palmares.
