## Wrong places
field-needed_to_submit = 提交前须填写此项。
field-team_too_small = 团队至少须有 { $minimum } 人。
field-team_too_large = 团队最多 { $maximum } 人。
field-number_of_items = 应有 { $minimum } 至 { $maximum } 项。
field-answer_required = 提交前须回答此问题。
field-answer_text = 应为文字。
field-answer_number = 应为数字，例如 12.5，小数点前后各不超过 { $digits } 位；收到的是 { $given }。
field-answer_choice = 应为以下之一：{ $choices }。
field-answer_yes_no = 应为 true 或 false。
field-answer_link = 应为以 https:// 或 http:// 开头的网址。
field-unknown_entry = 此处没有 { $entry } 号项目。
field-entry_twice = { $entry } 号项目重复。
field-entry_not_submitted = 该项目仍是草稿。
field-entry_withdrawn = 该项目已撤回。
field-entry_of_own_team = 您是该项目的团队成员，须由他人审核。
field-entry_in_group = 该项目已进入某一轮次。

## Conflicts
conflict-registration_not_planned = 尚未设定报名时间，参赛者不能报名。
conflict-registration_not_open = 报名将于 { $opens } 开始。
conflict-registration_closed = 报名已于 { $closed } 截止。
conflict-entry_not_open = 项目状态为 { $status }，报名者不能再修改。
conflict-entry_not_draft = 该项目已经提交。
conflict-entry_not_submitted = 该项目仍是草稿。
conflict-entry_withdrawn = 该项目已撤回。
conflict-entry_of_own_team = 您是该项目的团队成员，须由他人审核。
conflict-too_many_entries = 每人最多报名 { $maximum } 个项目，更多项目可由组织者导入。
conflict-entry_rejected = 该项目未通过审核。
conflict-entry_in_open_group = 该项目所在的分组已开始评审，不能再修改。
conflict-entry_in_group = 该项目已进入某一轮次，赛道、赛区和审核结果不能再更改。
conflict-entries_not_screenable = 部分项目不能审核，因此没有审核任何项目。
