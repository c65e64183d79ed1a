field-email = Expected an e-mail address such as name@example.org.
field-email_taken = This e-mail address has an account already.
field-password_length = A password has { $minimum } to { $maximum } characters.
field-setup_token_unknown = This is not the set-up token, or it was used already.
field-wrong_password = This is not your password.
field-wrong_code = This code is not right, or it was used already.
field-code_needed = You have a second factor: its code is needed, too.
field-true_or_false = Expected true or false.
field-scope_needed = A token needs at least one scope.
field-token_end = A token ends in the future, at the latest at { $latest }.

conflict-second_factor_active = You have a second factor already; remove it first.
conflict-second_factor_missing = There is no second factor.
conflict-too_many_tokens = Nobody has more than { $maximum } API tokens; revoke some first.
conflict-own_account = This is your own account; another admin has to do it.
conflict-account_suspended = This account is suspended already.
conflict-account_not_suspended = This account is not suspended.
