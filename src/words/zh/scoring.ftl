# Marks, standings, advancement.

field-mark_not_a_number = { $criterion }：“{ $given }”不是像 27.5 这样的十进制数。
field-mark_not_pass_or_fail = { $criterion }只能填 "pass"（通过）或 "fail"（不通过），给出的是“{ $given }”。
field-mark_above_maximum = { $criterion }的分值为 { $minimum } 至 { $maximum }，给出的是 { $given }。
field-mark_below_minimum = { $criterion }的分值为 { $minimum } 至 { $maximum }，给出的是 { $given }。
field-mark_off_step = { $criterion }以 { $step } 分为步长，给出的是 { $given }。
field-verdict_not_asked = { $criterion }：规则由其他评委判定项目是否通过，请留空。
field-mark_unknown_criterion = 本轮没有评分项“{ $criterion }”。
field-mark_of_recorded_criterion = { $criterion }由组委会录入，不由评委打分。
field-mark_missing = { $criterion }尚未打分。
field-total_not_distinct = 同一评委给出的总分必须各不相同；{ $total } 分已给过项目 { $entries }。
field-comment_missing = 必须填写评语。
field-comment_not_allowed = 本轮不填写评语。

status-ranked = 有名次
status-unranked = 无名次

reason-too_few_sheets = { $present ->
    [0] 没有有效评分表
   *[other] 只有 { $present } 份有效评分表
}，规则要求 { $minimum } 份。
reason-class_too_few = { $class }类评委{ $present ->
    [0] 没有有效评分表
   *[other] 只有 { $present } 份有效评分表
}，规则要求 { $minimum } 份。
reason-nothing_left = 有评分项没有剩下任何分数。
reason-penalised = 按规则取消资格：{ $rule } { $quantity }，达到 { $from } 即取消资格。
reason-judges_unequal = 评委名次需要相加，而本组各项目的评委数不等（{ $fewest } 至 { $most } 位）。
reason-rejected = 被否决：{ $of } 位评委中有 { $fails } 位在{ $criterion }一项判为不通过。
reason-too_few_attempts = { $present ->
    [0] 没有任何一次试做有成绩
   *[other] 只有 { $present } 次试做有成绩
}，规则需计 { $needed } 次。
reason-points_too_fine = 本组并列名次平分名次分的情形过多，无法精确相加。
reason-not_qualified = { $value ->
    [none] { $criterion }没有成绩
   *[other] { $criterion }得 { $value }
}，未达到要求的 { $needed }，没有名次。
reason-recorded_missing = 尚未录入{ $criterion }。
reason-earlier_missing = 在需要结转的{ $round }轮中没有成绩。
reason-unconnected = 评委和项目分成互不相连的 { $sets } 组，分数无法比较；再有 { $shared } 个由两组评委共同评分的项目即可连通。
reason-panel_without_factor = 系数在结束评分时已经确定，而{ $panel ->
    [none] 未命名的评委组
   *[other] 评委组 { $panel }{" "}
}当时没有成绩。
reason-panel_mean_zero = { $panel ->
    [none] 未命名的评委组
   *[other] 评委组 { $panel } 
}的平均分为 0，无法计算系数。
reason-too_many_judges = 严厉度最多可对 { $maximum } 名评委计算，这里有 { $judges } 名。
reason-stated = { $reason }

warning-too_few_sheets = 项目 { $entry } 无名次：{ $present ->
    [0] 没有有效评分表
   *[other] 只有 { $present } 份有效评分表
}，规则要求 { $minimum } 份。
warning-class_too_few = 项目 { $entry } 无名次：{ $class }类评委{ $present ->
    [0] 没有有效评分表
   *[other] 只有 { $present } 份有效评分表
}，规则要求 { $minimum } 份。
warning-class_left_out = 项目 { $entry } 的{ $class }类评分表不足，该类不计入，其权重由其他类别按比例分担。
warning-judge_without_class = 评委 { $judge } 不属于规则中的任何评委类别，其评分表不予计入。
warning-nothing_left = 项目 { $entry } 无名次：有评分项没有剩下任何分数。
warning-penalty_uncounted = 项目 { $entry } 的罚则 { $rule } 不在规则中，或缺少数量；按录入的分数计算。
warning-judges_unequal = { $group ->
    [none] 各项目
   *[other] { $group }各项目
}无法按评委名次之和排名：项目 { $entries } 的评委少于其他项目。
warning-ranked_apart = { $group ->
    [none] {""}
   *[other] { $group }的
}评委并非都给相同的项目排名，其名次的范围不同。
warning-veto_unsaid = 有权在{ $criterion }一项否决项目 { $entry } 的评委均未表态。
warning-too_few_attempts = 项目 { $entry } 无名次：{ $present ->
    [0] 没有任何一次试做有成绩
   *[other] 只有 { $present } 次试做有成绩
}，规则需计 { $needed } 次。
warning-attempt_left_out = 项目 { $entry } 的第 { $attempt } 次试做缺少分数或录入值，未计入，以其他各次为准。
warning-recorded_missing = 项目 { $entry } 无名次：尚未录入{ $criterion }。
warning-earlier_missing = 项目 { $entry } 无名次：在需要结转的{ $round }轮中没有成绩。
warning-sheet_incomplete = 评委 { $judge } 对项目 { $entry } 的评分表不完整，不予计入。
warning-totals_equal = 评委 { $judge } 给{ $group ->
    [none] {""}
   *[other] { $group }的
}项目 { $entries } 打了相同的总分，而规则要求各不相同。
warning-sheet_missing = 评委 { $judge } 没有给项目 { $entry } 打分，也没有请假或回避。
warning-judge_set_aside = 评委 { $judge } 没有给全部项目打分（缺：{ $missing }），其评分在{ $group ->
    [none] 本组
   *[other] { $group }
}一律不计入。
warning-one_panel = { $group ->
    [none] {""}
   *[other] { $group }的
}全部项目由同一评委组评分，没有需要校平的分数。
warning-panel_mean_zero = { $group ->
    [none] {""}
   *[other] { $group }的
}项目均无名次：{ $panel ->
    [none] 未命名的评委组
   *[other] 评委组 { $panel } 
}的平均分为 0，无法计算系数。
warning-factor_fixed = { $group ->
    [none] {""}
   *[other] { $group }的
}{ $panel ->
    [none] 未命名的评委组
   *[other] 评委组 { $panel }{" "}
}的系数保持结束评分时确定的 { $factor } 不变；按现在计入的成绩则{ $now ->
    [none] 无法计算
   *[other] 为 { $now }
}。如需重新计算，请重新开放该组并再次结束评分。
warning-scale_fixed = { $group ->
    [none] {""}
   *[other] { $group }
}各评委的分数仍按结束评分时确定的标准换算；按现在计入的成绩，标准会有所不同。如需重新计算，请重新开放该组并再次结束评分。
warning-panel_without_factor = 项目 { $entry } 未能排名：系数在结束评分时已经确定，而{ $panel ->
    [none] 未命名的评委组
   *[other] 评委组 { $panel }{" "}
}当时没有成绩。如需重新计算，请重新开放该组并再次结束评分。
warning-panel_outlier = 项目 { $entries } 的分数远离{ $panel ->
    [none] 本评委组
   *[other] 评委组 { $panel } 
}的其他分数，左右了该组的系数：计入时为 { $factor }，不计入时为 { $without }。
warning-unconnected = { $group ->
    [none] {""}
   *[other] { $group }的
}项目均无名次：评委和项目分成互不相连的几组（{ $sets }）。再有 { $shared } 个由两组评委共同评分的项目即可连通。
warning-assumed_equal = { $group ->
    [none] {""}
   *[other] { $group }：
}评委和项目分成互不相连的几组（{ $sets }）；规则假定各组水平相当，因此仍作比较。
warning-judge_without_spread = { $group ->
    [none] {""}
   *[other] { $group }的
}评委 { $judge } 的 { $sheets } 份评分表{ $criterion ->
    [none] {""}
   *[other] 在 { $criterion } 上
}分数完全相同；{ $kept ->
    [true] 按原始分计入
   *[other] 不予计入
}。
warning-judge_too_few_sheets = { $group ->
    [none] {""}
   *[other] { $group }的
}评委 { $judge } { $criterion ->
    [none] {""}
   *[other] 在 { $criterion } 上
}只有 { $sheets } 份评分表，不足以作标准化（需要 { $minimum } 份）；{ $kept ->
    [true] 按原始分计入
   *[other] 不予计入
}。
warning-standardised_alike = { $group ->
    [none] {""}
   *[other] { $group }的
}各项目{ $criterion ->
    [none] {""}
   *[other] 在 { $criterion } 上
}的标准分相互抵消，全部取区间的中点。
warning-criterion_decided_nothing = 评分项 { $criterion } 没有起到区分作用：{ $group ->
    [none] {""}
   *[other] { $group }的
}所有项目在该项的得分均为 { $value }。
warning-too_many_judges = { $group ->
    [none] {""}
   *[other] { $group }的
}项目均无名次：严厉度最多可对 { $maximum } 名评委计算，这里有 { $judges } 名。
connected-set = 评委 { $judges } 与项目 { $entries }
warning-decision_awaited = 项目 { $entries } 并列，等待{ $by ->
    [chair] 评委组长决定
    [lot] 抽签
   *[organizers] 组委会决定
}。
warning-tie_value_missing = 项目 { $entries } 的同分无法按 { $by } 分出先后：并非每个项目都有该数值。
warning-tie_at_cut = 项目 { $entries } 在{ $group ->
    [none] {""}
   *[other] { $group }的
}入围线上同分：{ $policy ->
    [all_advance] 全部入围
    [none_advance] 均不入围
    [wait] 等待决定
   *[chain] 同分规则无法分出先后，等待决定
}。
warning-reserves_tied = 候补项目 { $entries } 名次相同，在作出决定前按编号排列。
warning-institution_tied = 项目 { $entries } 同分，且所属单位名额有限；编号较小者入围。
warning-group_tied = 项目 { $entries } 同分，且所在组别名额已到上限；编号较小者入围。
warning-institution_elsewhere = { $group } 的项目 { $entries } 因所属单位名额已由名称排在前面的组别占满而让出名额。
warning-groups_compared = 对评委不同的各组进行了比较：{ $groups }。
warning-award_empty = 奖项 { $award } 在{ $group ->
    [none] 本组
   *[other] { $group }
}空缺。
warning-award_moved = 因有项目不得获奖，奖项 { $award }{ $lost ->
    [none] {""}
   *[other] 不再授予项目 { $lost }，
}{ $gained ->
    [none] 无人递补
   *[other] 改由项目 { $gained } 获得
}。
warning-sealed_never_opened = 评委 { $judge } 的评分表已密封，而规则从不启用。
warning-in_stream = { $stream }：{ $warning }
warning-group_without_places = 规则没有给{ $group }名额。
warning-places_left = { $group ->
    [none] {""}
   *[other] { $group }的
}{ $places } 个名额中有 { $left } 个空缺。
warning-places_given_up = 晋级名单确定后，项目 { $entries } 已退出；请重新确定晋级名单，届时{ $instead ->
    [none] 无人递补
   *[other] 由项目 { $instead } 递补
}。
warning-carried_moved = 项目 { $entries } 结转的成绩取自轮次 { $round } 组别 { $group } 的修订号 { $used }，此后已更正，现修订号为 { $now }。如需计入更正，请重新开放本组并再次截止评分。
warning-places_exceeded = 共有 { $taken } 个项目入围，而名额只有 { $places } 个。
warning-award_tied = 由于项目 { $entries } 名次并列，奖项 { $award } 的获奖数超过计划。
warning-sizes_missing = 在得知{ $groups }的参赛数之前无法分配名额。
warning-share_lot_awaited = 需要抽签决定 { $groups } 中由谁得到另外 { $places } 个名额。

derivation-equals = { $left } = { $right }
derivation-divided = { $left } = { $sum }，÷ { $of } = { $right }
derivation-median = { $left } 的中位数 = { $right }
derivation-class = { $class }：{ $text }，权重 { $weight }
derivation-classes = 各类加权合计 { $value }{ $without ->
    [none] {""}
   *[other] （不含{ $without }）
}
derivation-rounded = { $exact }，取舍为 { $rounded }
derivation-dropped = 去掉 { $list }
derivation-off_sheets = 各评分表中去掉：{ $list }
derivation-off_sheet = { $judge } 的{ $list }
derivation-highest = { $value }（最高）
derivation-lowest = { $value }（最低）
derivation-set_aside = { $judge }（不计入）
derivation-incomplete = { $judge }（不完整）
derivation-no_scale = { $judge }（无法标准化）
derivation-factor = 校平 × { $reference } ÷ { $mean }（系数 { $factor }）= { $value }
derivation-scale_fixed = 按结束评分时确定的标准换算
derivation-standardised = 各评委的分数已标准化
derivation-standardised_to = 各评委的评分表标准化为均值 { $mean }、标准差 { $deviation }
derivation-mapped = 标准分 { $z }（{ $z_lowest } 至 { $z_highest }）映射到 { $lowest } 至 { $highest } = { $value }
derivation-severity = 已扣除各评委的严厉度{ $error ->
    [none] {""}
   *[other] （标准误 { $error }）
}
derivation-no_class = { $judge }（类别不计分）
derivation-criterion = { $criterion } { $value }
derivation-weighted = { $criterion } { $value }{ $long ->
    [yes] ，
   *[no] {" "}
}× { $factor } = { $weighted }
derivation-share = { $criterion } { $value }，权重 { $weight }，计 { $result }
derivation-marks = { $text }{ $dropped ->
    [none] {""}
   *[other] （去掉 { $dropped }）
}
derivation-component_score = 评委打分合计 { $value }
derivation-component_rank = { $criterion } { $value ->
    [none] 无成绩
   *[other] { $value }
}，第 { $rank } 名{ $points ->
    [none] {""}
   *[other] （{ $points } 分）
}{ $factor ->
    [none] {""}
   *[other] {" "}× { $factor }
}
derivation-component_ranks = 名次之和 { $value }
derivation-component_points = 名次分之和 { $value }
derivation-component_product = 名次之积 { $value }
derivation-apart = { $text }（不计入总分）
derivation-left_out = { $text }（去掉，{ $why ->
    [highest] 最高
   *[lowest] 最低
}）
derivation-scaled = { $value }，折算为 { $scaled }
derivation-below = { $criterion }{ $value ->
    [none] 没有成绩
   *[other] {" "}{ $value } 未达标
}（晋级或获奖须达到 { $needed }）
derivation-veto = 通过{ $criterion }，{ $of } 位评委中 { $fails } 位不通过
derivation-attempt = 第 { $attempt } 次：{ $text }
derivation-attempts_best = 以第 { $attempts } 次计：{ $value }
derivation-attempts_sum = 第 { $attempts } 次合计：{ $value }
derivation-attempts_mean = 第 { $attempts } 次的平均：{ $value }
derivation-multiplied = × { $criterion } { $value } = { $result }
derivation-recorded = { $criterion } { $added }
derivation-adjusted = { $points }（{ $reason }）
derivation-penalised = { $points }（{ $penalty }{ $quantity ->
    [none] {""}
   *[other] {" "}{ $quantity }
}{ $reason ->
    [none] {""}
   *[other] ，{ $reason }
}）
derivation-entry = 总分 { $value }
derivation-own_part = { $weight } × { $value }
derivation-carried = { $weight } × { $value }（{ $round }）
derivation-assumed = { $weight } × { $value }（{ $round }，按规则取值）
derivation-renormalised = 不含{ $rounds }，× { $factor }
derivation-round = 计入以往轮次 { $terms } = { $value }{ $dropped ->
    [none] {""}
   *[other] （未取：{ $dropped }）
}

derivation-overall = 各组合计第 { $overall } 名（共 { $of } 个项目）
derivation-awards = 获奖：{ $list }。

place = { $group ->
    [none] {""}
   *[other] { $group }
}{ $tied ->
    [yes] 并列
   *[no] {""}
}第 { $rank } 名{ $of ->
    [none] {""}
   *[other] （共 { $of } 个）
}
place-numbered = { $group ->
    [none] {""}
   *[other] { $group }
}{ $tied ->
    [yes] 并列
   *[no] {""}
}第 { $rank } 名{ $of ->
    [none] {""}
   *[other] （共 { $of } 个）
}
place-ahead = 以{ $by } { $ours } : { $theirs } 领先项目 { $with }
place-ahead_decided = 依据{ $by }领先项目 { $with }
place-behind_decided = 依据{ $by }落后项目 { $with }
place-behind = 以{ $by } { $ours } : { $theirs } 落后项目 { $with }
sentence = { $text }。

tie-criterion = 评分项
tie-judged = 评委打分
tie-own_total = 本轮总分
tie-earlier_total = { $round ->
    [none] 以往轮次
   *[other] { $round }
}总分
tie-earlier_rank = { $round ->
    [none] 以往轮次
   *[other] { $round }
}名次
tie-untrimmed_sum = 全部评分表之和
tie-highest_sheet = 最高的一份评分表
tie-lowest_sheet = 最低的一份评分表
tie-median = 中位数
tie-more_digits = 更多小数位
tie-first_places = 第一名次数
tie-sealed = 密封评分表
tie-attempt = { $nth ->
    [1] 最好的一次
    [2] 第二好的一次
    [3] 第三好的一次
   *[other] 其余某一次
}
tie-chair = 评委组长的决定
tie-lot = 抽签

outcome-advances = { $by ->
    [place] 按名次入围
    [place_in_group] 按组内名次入围
    [minimum_per_group] 以各组保底名额入围
    [wildcard] 以各组保底之外的名额入围
   *[nomination] 经推荐入围（{ $reason }）
}。
outcome-invited = { $by ->
    [place] 按名次受邀参加{ $stream }
    [place_in_group] 按组内名次受邀参加{ $stream }
    [minimum_per_group] 以各组保底名额受邀参加{ $stream }
   *[wildcard] 以各组保底之外的名额受邀参加{ $stream }
}。
outcome-reserve = { $stream ->
    [none] {""}
   *[other] { $stream }
}候补第 { $number } 位。
outcome-not_advanced = 未入围。
outcome-declined = 放弃{ $stream ->
    [none] {""}
   *[other] { $stream }的
}名额{ $reason ->
    [none] 。
   *[other] ：{ $reason }
}
outcome-excluded = 不得入围：{ $reason }
outcome-waiting = 等待入围线上的同分决定。
outcome-unplaced = 没有名次：{ $status ->
    [disqualified] 取消资格
    [withdrawn] 已退出
   *[unranked] 未排名
}。
