## Marks and values
field-value_of_judged_criterion = 评分项 { $criterion } 由评委打分，不能直接录入。

## Ballots
conflict-group_not_open = { $group } 组尚未开放评分。
conflict-group_decided = { $group } 组的晋级名单已经确定。
conflict-judge_recused = 评委 { $judge } 已回避参赛项目 { $entry }。
conflict-judge_absent = 评委 { $judge } 在参赛项目 { $entry } 的评审中缺席。
