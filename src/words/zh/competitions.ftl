## Wrong places
field-slug_taken = 该地址名称已被其他比赛使用。
field-time_zone = { $given } 不是 IANA 时区名称；应类似 Asia/Shanghai。
field-closes_before_it_opens = 报名截止时间须晚于开始时间。
field-number_range = 应在 { $minimum } 至 { $maximum } 之间。
field-team_limits = 团队人数下限不得超过上限（{ $maximum } 人）。
field-too_many = 最多 { $maximum } 项。
field-code_twice = 代码 { $code } 重复。
field-choices_missing = 此类字段须列出选项。
field-choices_not_here = { $kind } 类字段不设选项。
field-no_account = 没有使用该邮箱的账户，请改为发送邀请。
field-named_twice = 此人重复列出。
field-unknown_code = 本比赛中没有 { $code }。
field-invitation_unknown = 没有这份邀请，或邀请已被撤回。
field-invitation_for_another = 该邀请发给的邮箱地址与您的账户不一致。
field-second_factor_elsewhere = 您的账户启用了第二验证因素，本页面无法验证。请先登录，再在登录状态下接受邀请。

## Conflicts
conflict-slug_fixed = 比赛公布后，地址名称不能再更改。
conflict-competition_published = 比赛已经公布。
conflict-field_in_use = 字段 { $field } 不能删除或更改类型：{ $entry } 号项目已经填写。
conflict-choice_in_use = 字段 { $field } 的选项 { $choice } 不能删除：{ $entry } 号项目已选择该项。
conflict-track_in_use = 赛道 { $track } 不能删除：已有项目使用。
conflict-region_in_use = 赛区 { $region } 不能删除：已有项目、成员或分组使用。
conflict-already_member = 此人已有该角色。
conflict-last_organizer = 比赛至少须有一名组织者；只有管理员可以移除最后一名。
conflict-invitation_expired = 此邀请已于 { $expired } 过期，请索取新的邀请。
conflict-invitation_used = 该邀请已被接受。
