# Words that every part of Palmares uses.

list-and = { $first } and { $last }
list-comma = { $first }, { $next }

invalid-missing_key = “{ $key }” is missing.
invalid-unknown_key = “{ $key }” is not known here; known are { $known }.
invalid-duplicate_key = “{ $key }” stands here twice.
invalid-wrong_type = { $expected ->
    [object] An object { "{" } … { "}" } is expected here.
    [list] A list [ … ] is expected here.
    [text] A text in quotes is expected here.
    [boolean] true or false is expected here.
    [whole_number] A whole number from 0 is expected here.
    [points] A decimal number such as "27.5" is expected here.
    [word_or_value] "refuse", "renormalise" or a value is expected here.
    [number_or_numbers] A whole number, or one for each group, is expected here.
   *[other] Something else is expected here.
}
invalid-not_json = This is not JSON: line { $line }, column { $column }.
invalid-nested_too_deeply = This is nested more deeply than any sensible document.
invalid-not_a_code = “{ $given }” is no code: lower-case letters, digits, single hyphens and underscores.
invalid-unknown_word = “{ $given }” is not known here; known are { $known }.
invalid-text_empty = A text in English or Chinese is needed.
invalid-text_too_long = At most { $maximum } characters fit here.
invalid-too_many_items = At most { $maximum } fit here.
invalid-number_too_large = { $maximum } is the most.
invalid-number_zero = 0 makes no sense here.
invalid-duplicate_code = “{ $given }” stands here twice.

list-parts = { $first }; { $next }
