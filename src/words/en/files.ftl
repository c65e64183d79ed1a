# Contests in files.

files-problem = { $file }{ $line ->
    [none] {""}
   *[other] , line { $line }
}{ $column ->
    [none] {""}
   *[other] , column { $column }
}{ $pointer ->
    [none] {""}
   *[other] {" "}({ $pointer })
}: { $text }

field-file_missing = This file is missing.
field-file_empty = This file is empty; its first line should name its columns.
field-file_not_utf8 = This is neither UTF-8 nor UTF-16 nor GB18030 (GBK); save the file as “CSV UTF-8”.
field-column_missing = There is no column “{ $column }”; found are { $found }.
field-column_twice = The column “{ $column }” stands here twice.
field-group_column_missing = The rules group entries by “{ $column }”, and there is no such column.
field-quote_open = A quotation mark is opened here and never closed.
field-fields_number = This line has { $given } { $given ->
    [one] field
   *[other] fields
}, the heading has { $expected }.
field-field_empty = Something must stand here.
field-entry_not_a_number = “{ $given }” is no entry's number.
field-entry_unknown = There is no entry { $entry } in entries.csv.
field-entry_repeated = Entry { $entry } stands here twice.
field-judge_unknown = Judge { $judge } is not in panels.csv.
field-judge_repeated = Judge { $judge } stands here twice with the same panel.
field-judge_differs = Judge { $judge } has another class, or another seal, further up.
field-mark_without_judge = { $criterion } is marked by judges; say which of them gave this mark.
field-mark_twice = { $criterion } has been given by the same judge to the same entry before.
field-not_a_number = “{ $given }” is neither a decimal number nor a fraction.
field-not_a_whole_number = “{ $given }” is no whole number.
field-not_a_rank = “{ $given }” is no rank.
field-points_beside_rule = The rule counts the points; leave them out.
field-round_twice = The round { $round } stands here twice for the same entry.
field-group_twice = The group { $group } stands here twice.
field-not_scales = This is not what an export says of the panels that were made comparable: { $why }.
field-group_of_nobody = No entry is in the group { $group }.

files-rank = Rank
files-entry = Entry
files-title = Title
files-group = Group
files-total = Total
files-status = Status
files-outcome = By the rules
files-outcome_note = By the rules: what the rules and the decisions in these files give. The organizers may not have decided yet.
files-award = Award
files-warnings = To look at:
files-outcome-advances = goes on
files-outcome-invited = { $stream }
files-outcome-reserve = reserve { $number }
files-outcome-not_advanced = {""}
files-outcome-excluded = may not go on
files-outcome-waiting = waits
files-outcome-unplaced = {""}
files-no-entry = There is no entry { $entry } in this contest.
files-rules-fine = { $file }: nothing contradicts itself.
files-template-unknown = There is no template “{ $name }”; known are { $known }.
files-unreadable = { $file } can't be read: { $why }
