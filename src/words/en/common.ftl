# Words that every part of Palmares uses.

list-and = { $first } and { $last }
list-comma = { $first }, { $next }

field-missing_key = “{ $key }” is missing.
field-unknown_key = “{ $key }” is not known here; known are { $known }.
field-duplicate_key = “{ $key }” stands here twice.
field-wrong_type = { $expected ->
    [object] An object is expected here.
    [list] A list [ … ] is expected here.
    [text] A text in quotes is expected here.
    [boolean] true or false is expected here.
    [whole_number] A whole number from 0 is expected here.
    [integer] A whole number is expected here.
    [number] A number is expected here.
    [points] A decimal number such as "27.5" is expected here.
    [portion] A part of the entries such as "1/12" or "0.1" is expected here.
    [word_or_best] "best", "sum", "mean", or how many of the best is expected here.
    [word_class_or_judge] "majority", "any", a class or a judge is expected here.
    [word_or_value] "refuse", "renormalise" or a value is expected here.
    [word_or_scale] "mean_and_deviation", "observed_range" or a scale with mean and deviation is expected here.
    [number_or_numbers] A whole number, or one for each group, is expected here.
   *[other] Something else is expected here.
}
field-not_json = This is not JSON: line { $line }, column { $column }.
field-length_unclear = How long the body is must be said in one way: by `Content-Length` or by `Transfer-Encoding: chunked`.
field-nested_too_deeply = This is nested more deeply than any sensible document.
field-not_a_code = “{ $given }” is no code: lower-case letters, digits, single hyphens and underscores.
field-not_a_slug = “{ $given }” does not fit: 2 to 60 lower-case letters, digits and single hyphens, such as talents-cup-2026.
field-not_a_time = “{ $given }” is no time such as 2026-07-08T01:00:00Z or 2026-07-08T09:00:00+08:00.
field-unknown_word = “{ $given }” is not known here; known are { $known }.
field-text_empty = A text in English or Chinese is needed.
field-text_too_long = At most { $maximum } characters fit here.
field-too_many_items = At most { $maximum } fit here.
field-number_too_large = { $maximum } is the most.
field-number_zero = 0 makes no sense here.
field-duplicate_code = “{ $given }” stands here twice.

list-parts = { $first }; { $next }
