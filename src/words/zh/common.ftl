# Words that every part of Palmares uses.

list-and = { $first }和{ $last }
list-comma = { $first }、{ $next }

field-missing_key = 缺少“{ $key }”。
field-unknown_key = 此处不认识“{ $key }”，可用的有：{ $known }。
field-duplicate_key = “{ $key }”在此处出现了两次。
field-wrong_type = { $expected ->
    [object] 此处应为对象。
    [list] 此处应为列表 [ … ]。
    [text] 此处应为带引号的文字。
    [boolean] 此处应为 true 或 false。
    [whole_number] 此处应为不小于 0 的整数。
    [integer] 此处应为整数。
    [number] 此处应为数字。
    [points] 此处应为小数，例如 "27.5"。
    [portion] 此处应为项目的比例，例如 "1/12" 或 "0.1"。
    [word_or_best] 此处应为 "best"、"sum"、"mean"，或取最好的几次。
    [word_class_or_judge] 此处应为 "majority"、"any"、一个类别或一位评委。
    [word_or_value] 此处应为 "refuse"、"renormalise" 或一个数值。
    [word_or_scale] 此处应为 "mean_and_deviation"、"observed_range" 或带 mean 和 deviation 的尺度。
    [number_or_numbers] 此处应为一个整数，或每组各一个整数。
   *[other] 此处内容的类型不对。
}
field-not_json = 这不是有效的 JSON：第 { $line } 行第 { $column } 列。
field-length_unclear = 请求体的长度只能用一种方式说明：`Content-Length` 或 `Transfer-Encoding: chunked`。
field-nested_too_deeply = 嵌套层次过深。
field-not_a_code = “{ $given }”不是有效的代码：只能用小写字母、数字以及单个连字符或下划线。
field-not_a_slug = “{ $given }”不符合要求：须为 2 至 60 个小写字母、数字或单个连字符，例如 talents-cup-2026。
field-not_a_time = “{ $given }”不是有效的时间，应如 2026-07-08T01:00:00Z 或 2026-07-08T09:00:00+08:00。
field-unknown_word = 此处不认识“{ $given }”，可用的有：{ $known }。
field-text_empty = 需要填写中文或英文文字。
field-text_too_long = 此处最多 { $maximum } 个字符。
field-too_many_items = 此处最多 { $maximum } 项。
field-number_too_large = 最大为 { $maximum }。
field-number_zero = 此处不能为 0。
field-duplicate_code = “{ $given }”在此处出现了两次。

list-parts = { $first }；{ $next }
