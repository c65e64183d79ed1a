## Marks and values
field-value_of_judged_criterion = 评分项 { $criterion } 由评委打分，不能直接录入。

## Ballots
conflict-group_not_open = { $group } 组尚未开放评分。
conflict-closure_unfinished = 该组已结束评分，成绩仍在计算。请先查看成绩，然后重试。
conflict-group_closed_already = { $group } 组已经结束评分。
conflict-group_closed = { $kept ->
    [late] { $group } 组已结束评分。现在提交的评分表将作为迟交保留。
   *[other] { $group } 组已结束评分。
}
conflict-entry_not_judged = { $status ->
    [withdrawn] 参赛项目 { $entry } 已撤回，不再评审。
   *[disqualified] 参赛项目 { $entry } 已被取消资格，不再评审。
}
conflict-judge_recused = 评委 { $judge } 已回避参赛项目 { $entry }。
conflict-judge_absent = 评委 { $judge } 在参赛项目 { $entry } 的评审中缺席。
conflict-ballot_by_judge = 评委 { $judge } 已在自己的设备上填写这张评分表。
conflict-second_person_needed = 这张评分表由您录入，须由另一人确认。
conflict-own_ballot = 这是您本人的评分表，须由他人决定。
conflict-late_total_taken = 评委 { $judge } 已给该组另一参赛项目相同的总分；同一评委给出的总分必须各不相同。
conflict-late_decided = 这张迟交的评分表是否计入，已有决定。
field-version_not_late = 这张评分表没有迟交的版本 { $given }。

## Adjustments and ties
field-points_zero = 扣分须小于 0，加分须大于 0。
field-points_not_a_number = 应为分值，例如 -1.5（最多三位小数，不用指数）；收到的是 { $given }。
conflict-adjustment_revoked = 对参赛项目 { $entry } 的这项加减分已被撤销。
field-tie_kind_not_asked = 本轮规则并不以{ $kind ->
    [lot] 抽签
   *[chair] 评委主席的决定
}来区分并列名次。
field-tie_order_length = 排序须包含 { $minimum } 至 { $maximum } 个参赛项目。
field-not_beside_rule = 请填写分数或规则，二者只填其一。
field-quantity_without_rule = 数量须与规则中的罚分项一起填写：请在 rule 中写明。
field-points_or_rule = 请填写分数，或填写本轮规则中的罚分项。
