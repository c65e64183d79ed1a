## Kinds of problems
problem-invalid = Something in the request is wrong
problem-malformed = The request can't be understood
problem-too_large = The request is larger than { $maximum } bytes
problem-address_too_long = The address is longer than { $maximum } bytes
problem-headers_too_large = The headers are larger than { $maximum } bytes
problem-not_json = The body must be JSON, with the content type application/json
problem-method_not_allowed = This address understands { $allow } only
problem-sign_in_required = Sign in first
problem-token_invalid = The access token is not valid, or has ended
problem-session_ended = This session has ended; sign in again
problem-wrong_credentials = The e-mail address and the password do not belong together
problem-wrong_code = This code is not right, was used already, or is good no longer
problem-sign_in_over = This sign-in has waited too long, or had too many wrong codes; begin again
problem-second_factor_demanded = Here you need a second factor: set one up first
problem-proof_demanded = Prove again who you are: this takes a sign-in of the last 15 minutes
problem-out_of_scope = This API token is not good for that
problem-forbidden = You may see this, and not do it
problem-not_found = There is no such { $what }
problem-conflict = This can't be done now
problem-stale = It was changed since you read it
problem-too_slow = The request did not come in whole in time
problem-provider_away = The provider of this sign-in does not answer; try again in a moment, or sign in another way
problem-database_down = The database does not answer
problem-precondition_required = Say which version the change is based on: If-Match with its tag, or If-None-Match: * for something new
problem-outcome_unknown = The database went away while this was being kept: look whether it was, or send the same request again
problem-busy = Too much is waiting; try again in a moment
problem-too_many = Too many attempts; try again later
problem-internal = Something went wrong on our side; nothing was changed

## Wrong places
field-unknown_field = There is no field { $field } here.
field-missing_field = { $field } is missing.
field-unexpected_value = This does not fit here.
field-nul_character = U+0000 has no place in a text.
field-character_not_in_line = { $character } has no place in a single line: it breaks it, is not shown, or turns its order.
field-body_empty = The body is empty; a JSON object is expected.
field-body_cut_off = The body ended before it was whole.
field-not_utf8 = The body is not UTF-8.
field-query_malformed = The part of the address after “?” can't be read.
field-request_malformed = The request is not what HTTP expects.
field-text_length = This text has { $minimum } to { $maximum } characters.
field-text_blank = This is needed, in English or in Chinese.
field-reason_required = A reason is needed.
field-version_tag = Expected a version tag such as "v7"; { $given } was given.
field-one_version_tag = Name the one version that you saw, such as "v7": with { $given } a change by somebody else could be lost.
field-idempotency_key_length = A key has 1 to { $maximum } characters.
field-idempotency_key_reused = The key { $key } was used for another request.
field-cursor = This cursor does not belong to this list.
field-limit = A page has 1 to { $maximum } items.

## Conflicts
conflict-idempotency_key_in_use = A request with the same key is being worked on.
