# Contests in files.

files-problem = { $file }{ $line ->
    [none] {""}
   *[other] {" "}第 { $line } 行
}{ $column ->
    [none] {""}
   *[other] {" "}第 { $column } 列
}{ $pointer ->
    [none] {""}
   *[other] （{ $pointer }）
}：{ $text }

field-file_missing = 缺少此文件。
field-file_empty = 文件为空，第一行应为列名。
field-file_not_utf8 = 不是 UTF-8、UTF-16 或 GB18030（GBK）编码，请另存为“CSV UTF-8”格式。
field-column_missing = 缺少“{ $column }”列，现有：{ $found }。
field-column_twice = “{ $column }”列重复出现。
field-group_column_missing = 规则按“{ $column }”分组，但没有这一列。
field-quote_open = 此处的引号没有闭合。
field-fields_number = 本行有 { $given } 个字段，表头有 { $expected } 个。
field-field_empty = 此处不能为空。
field-entry_not_a_number = “{ $given }”不是项目编号。
field-entry_unknown = entries.csv 中没有项目 { $entry }。
field-entry_repeated = 项目 { $entry } 重复出现。
field-judge_unknown = panels.csv 中没有评委 { $judge }。
field-judge_repeated = 评委 { $judge } 在同一评审组中重复出现。
field-judge_differs = 评委 { $judge } 在前面的类别或密封设置与此处不同。
field-mark_without_judge = { $criterion }由评委打分，请写明是哪位评委。
field-mark_twice = 同一评委对同一项目的{ $criterion }重复打分。
field-not_a_number = “{ $given }”既不是小数也不是分数。
field-not_a_whole_number = “{ $given }”不是整数。
field-not_a_rank = “{ $given }”不是名次。
field-points_beside_rule = 分数由规则计算，请勿填写。
field-round_twice = 同一项目的{ $round }轮次重复出现。
field-group_twice = 组别 { $group } 重复出现。
field-not_scales = 这不是导出文件中的换算标准：{ $why }。
field-group_of_nobody = 没有项目属于组别 { $group }。

files-rank = 名次
files-entry = 编号
files-title = 项目
files-group = 组别
files-total = 总分
files-status = 状态
files-outcome = 按规则
files-outcome_note = 晋级一栏由规则及本文件夹中记录的决定推算；正式结果以组委会公布的为准。
files-award = 奖项
files-warnings = 请注意：
files-outcome-advances = 入围
files-outcome-invited = { $stream }
files-outcome-reserve = 候补第 { $number } 位
files-outcome-not_advanced = {""}
files-outcome-excluded = 不得入围
files-outcome-waiting = 待定
files-outcome-unplaced = {""}
files-no-entry = 本次比赛没有项目 { $entry }。
files-rules-fine = { $file }：没有自相矛盾之处。
files-template-unknown = 没有名为“{ $name }”的模板，现有：{ $known }。
files-unreadable = 无法读取 { $file }：{ $why }
