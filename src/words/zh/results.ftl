## How far an entry is
status-draft = 草稿
status-submitted = 已提交
status-accepted = 已受理
status-rejected = 未受理
status-withdrawn = 已撤回
status-in_round = { $round }进行中
status-advanced = 晋级{ $round }
status-advanced_on = 已晋级
status-invited = 受邀参加{ $stream }
status-declined = 已放弃名额
status-offered = { $reserve ->
    [none] {""}
   *[other] 作为第 { $reserve } 候补递补
}获得{ $where ->
    [none] 晋级
   *[other] { $where }
}{ $place ->
    [none] 名额
   *[other] 第 { $place } 个名额
}，请在 { $until } 之前答复
status-confirmed = 已确认{ $where ->
    [none] 晋级
   *[other] { $where }
}名额
status-expired = 未在期限内答复{ $where ->
    [none] 晋级
   *[other] { $where }
}名额
status-not_advanced = 未晋级
status-reserve = { $stream ->
    [none] {""}
   *[other] { $stream }
}第 { $reserve } 候补
status-awarded = 获奖：{ $awards }
status-disqualified = 已取消资格
status-took_part = 已参加{ $round }

## Wrong places
field-entry_not_in_groups = 项目 { $entry } 不在这些组别中。
field-entry_named_twice = 项目 { $entry } 重复出现。
field-entry_not_taking_part = 项目 { $entry } 已取消资格或已撤回，不能提名。
field-unknown_group = 该轮次没有组别 { $group }。
field-unknown_award = 规则中没有奖项 { $awards }。
field-revision_missing = 缺少组别 { $group } 的修订号。
field-groups_missing = 请至少列出一个组别及其修订号。
field-time_past = 该时间已过，现在是 { $now }。
field-note_required = 该组成绩此前已公布，请说明更正内容。
field-places_not_shared = 规则没有在组别间分配名额，无需抽签。
field-group_named_twice = 组别 { $group } 重复出现。
field-tie_of_one = 同分裁定须涉及两个或以上的项目。
field-entry_without_place = 项目 { $entry } 没有可供确认的名额。
field-offer_entries_length = 请列出 { $minimum } 至 { $maximum } 个项目；如需通知所有获得名额的项目，请省略该字段。
field-offer_deadline_not_later = 新的截止时间须晚于原截止时间 { $deadline }，并晚于当前时间 { $now }。
field-deadline_required = 请填写递补项目的答复截止时间。

## Conflicts
conflict-group_not_closed = 组别 { $group } 尚未截止评分。
conflict-group_not_decided = 组别 { $group } 的晋级名单尚未确定。
conflict-standings_moved = 组别 { $group } 的排名已有变动：当前修订号为 { $current }，您看到的是 { $given }。
conflict-basis_moved = 您查看之后，组别 { $group } 除评分表以外的内容已有变动：当前基准号为 { $current }，您看到的是 { $given }。
conflict-later_group_open = 项目 { $entries } 将不再晋级，但已在轮次 { $round } 的组别 { $group } 参赛。请先在该轮次取消其资格或撤回，或保持晋级名单不变。
conflict-later_group_filled = 轮次 { $round } 的组别 { $group } 已经开赛，不能再增加项目 { $entries }：递补数量不得超过退出数量。
conflict-decision_stale = 晋级名单确定后，项目 { $entries } 已退出。请重新确定晋级名单后再公布。
conflict-nothing_changed = { $groups } 组已公布的内容与此相同，无需更正。
conflict-publication_visible = 组别 { $group } 的第 { $number } 号公告已经公开，请以新公告更正。
conflict-publication_withdrawn = 组别 { $group } 的第 { $number } 号公告此前已收回。
conflict-groups_compared = 轮次 { $round } 的规则要求各组统一比较，请一次确定所有组别。
conflict-groups_apart = 轮次 { $round } 的规则不作跨组比较，请逐组确定。
conflict-nothing_to_decide = 轮次 { $round } 的规则既无晋级也无奖项，截止评分后可直接公布。
conflict-tie_undecided = 以下项目在晋级线上同分：{ $entries }。请先记录裁定结果。
conflict-shares_undecided = 以下组别对最后的名额权利相等：{ $groups }。请抽签，并将抽签顺序填入 share_lot。
conflict-decided_meanwhile = 轮次 { $round } 在此期间已被他人确定或公布，请重新查看。
conflict-nothing_to_offer = 轮次 { $round } 中您可以通知的名额均已通知，或尚未产生名额。
conflict-offer_exists = { $entries ->
    [none] 他人刚刚通知了同一名额，请重新查看。
   *[other] 项目 { $entries } 的名额此前已通知，可延长截止时间或撤回通知。
}
conflict-result_not_published = 尚无公开的公告显示项目 { $entries } 获得名额。请先公布，再通知。
conflict-offer_settled = 此后名单已重新确定，该名额已不属于此项目。
conflict-offer_withdrawn = 主办方已撤回此名额通知。
conflict-offer_expired = 答复期限已过，请联系主办方延长期限。
conflict-offer_same_answer = 此答复此前已经提交。
conflict-offer_declined = 该名额已放弃，只有主办方可以恢复。
conflict-offer_answered = 该名额通知已有答复。
conflict-offer_entry_judged = 该项目已在轮次 { $round } 的组别 { $group } 参加评审。请撤回项目，或请主办方在该轮次将其移出。
conflict-entries_declined_place = 项目 { $entries } 已放弃本轮名额，或未在期限内答复。请重新导入参赛项目，再开放该组。
conflict-nothing_to_refill = 轮次 { $round } 中获得名额的项目均未退出。
conflict-refilling_moved = 递补项目与您看到的不同，现在为：{ $entries ->
    [none] 无
   *[other] { $entries }
}。请重新查看。
