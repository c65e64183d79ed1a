# The rules of a round, read out.

reading-marks = 评分内容
reading-judges = 评分汇总
reading-rounding = 取舍规则
reading-earlier = 以往轮次
reading-places = 排名
reading-advance = 晋级
reading-awards = 奖项

reading-kind-judged = { $criterion }：{ $minimum } 至 { $maximum } 分，步长 { $step }，由每位评委打分
reading-kind-recorded = { $criterion }：{ $minimum } 至 { $maximum }，步长 { $step }，由组委会录入
reading-counts-added = 与评委打分相加
reading-counts-apart = 不计入总分
reading-counts-multiplier = 与评委打分相乘
reading-factor = 系数 { $factor }
reading-weight = 权重 { $weight }
reading-levels = { $levels }
reading-level = { $from } 分起为{ $title }
reading-sheet_total-sum = 每份评分表的总分为各项{ $factors ->
    [yes] 乘以系数后
   *[no] {""}
}之和，最高 { $maximum } 分。
reading-sheet_total-mean = 每份评分表的总分为各项的{ $weighted ->
    [yes] 加权
   *[no] {""}
}平均分，最高 { $maximum } 分。
reading-drop-sheets = 每份评分表的各项得分（乘以系数后）{ $dropped }。
reading-drop-criteria = 各评分项的得分（乘以系数后）{ $dropped }。
reading-drop-recorded = 各项录入值（乘以系数后）{ $dropped }。
reading-drop-ranks = 每个项目各单项的名次（或名次分）中，去掉{ $high ->
    [0] {""}
   *[other] 数值最大的 { $high } 个
}{ $low ->
    [0] {""}
   *[other] { $high ->
        [0] {""}
       *[other] 和
    }数值最小的 { $low } 个
}{ $single ->
    [yes] 。
   *[no] 。
}
reading-scale_by-best = 按与本组最优值的比例折算，最优者得 { $to } 分{ $wins ->
    [lowest] （数值为其两倍者得一半）
   *[highest] {""}
}
reading-scale_by-range = 在本组最优值与最差值之间按比例折算，最优者得 { $to } 分，最差者得 0 分
reading-scale_by-sum = 按占本组总和的比例折算，全组共 { $to } 分
reading-unqualified-ranked = { $wins ->
    [lowest] 高于
   *[highest] 低于
} { $from } 的项目不得晋级或获奖
reading-unqualified-unranked = { $wins ->
    [lowest] 高于
   *[highest] 低于
} { $from } 的项目没有名次
reading-missing_marks-refused = 评分表填写完整才有效。
reading-missing_marks-left_out = 缺失的分数略去不计，绝不按 0 分计算。
reading-comment-optional = 评委可以填写评语。
reading-comment-required = 每份评分表都须填写评语。
reading-comment-none = 评委不填写评语。

reading-minimum_sheets = 每个项目至少由 { $sheets } 位评委打分，不足者没有名次。
reading-common = 每位评委须给本组全部项目打分，否则其评分对本组所有项目均不计入。
reading-over-sheets = 以每位评委的总分汇总。
reading-over-criteria = 逐项汇总，再将各项{ $total ->
    [mean] 加权平均
   *[sum] 相加
}。
reading-trim-sheets = { $from ->
    [0] {""}
   *[other] 评分表达到 { $from } 份时，
}{ $dropped }。
reading-trim-criteria = { $from ->
    [0] {""}
   *[other] 某项有 { $from } 个分数以上时，
}每项{ $dropped }。
reading-dropped = { $high ->
    [0] { $low ->
        [0] 不去掉任何分数
       *[other] 去掉 { $low } 个最低分
    }
   *[other] { $low ->
        [0] 去掉 { $high } 个最高分
       *[other] 去掉 { $high } 个最高分和 { $low } 个最低分
    }
}
reading-combine-mean = 取{ $trimmed ->
    [yes] 其余分数
   *[no] 全部分数
}的平均值。
reading-combine-median = 取{ $trimmed ->
    [yes] 其余分数
   *[no] 全部分数
}的中位数。
reading-combine-sum = 取{ $trimmed ->
    [yes] 其余分数
   *[no] 全部分数
}之和。

reading-round_to = { $what }{ $decimals ->
    [0] 取整数
   *[other] 保留 { $decimals } 位小数
}，{ $mode }。
reading-round-criterion = 评分项汇总后的分值
reading-round-weighted_criterion = 评分项乘以系数后的分值
reading-round-sheet = 每份评分表的总分
reading-round-class = 每类评委打分的合计
reading-round-factor = 评委组的调整系数
reading-round-attempt = 每次尝试的分值
reading-round-panel = 评委打分的合计
reading-round-entry = 项目总分
reading-round-round = 计入以往轮次后的总分
reading-mode-half_up = 四舍五入
reading-mode-half_even = 四舍六入五成双
reading-mode-truncate = 舍去多余的位数
reading-exact = 其余各处均不取舍{ $rounded ->
    [yes] ，是否同分以最后一次取舍后的分值为准。
   *[no] ，名次以精确值为准。
}

reading-total = 总分 = { $terms }。
reading-own = { $weight ->
    [1] 本轮
   *[other] { $weight } × 本轮
}
reading-carry_of-rounded = { $weight ->
    [1] { $round }
   *[other] { $weight } × { $round }
}（以公布的分数为准）
reading-carry_of-rank = { $weight ->
    [1] {""}
   *[other] { $weight } ×{" "}
}{ $round }{ $points ->
    [none] 名次
   *[other] 名次分（依次为 { $points }，其后为 0）
}
reading-carry_of-exact = { $weight ->
    [1] { $round }
   *[other] { $weight } × { $round }
}（以取舍前的分数为准）
reading-missing_round-refuse = 在{ $round }中没有成绩的项目没有名次。
reading-missing_round-renormalise = 在{ $round }中没有成绩的项目，其余轮次按权重比例计算。
reading-missing_round-value = 在{ $round }中没有成绩的项目，该轮按 { $value } 分计算。

reading-wins-highest = 总分高者胜出。
reading-wins-lowest = 总分低者胜出。
reading-together = 全部项目一起排名。
reading-group_by = 按{ $fields }分组排名。
reading-field-region = 赛区
reading-field-track = 赛道
reading-rank_style-competition = 两个项目并列第 2 名，其后为第 4 名。
reading-rank_style-dense = 两个项目并列第 2 名，其后为第 3 名。
reading-rank_style-fractional = 两个项目并列第 2、3 名时，名次均为 2.5。
reading-ties = 总分相同时，依次比较：{ $chain }。
reading-ties-left = 仍无法分出先后的，名次并列。
reading-ties-none = 总分相同的，名次并列。
reading-tie_break-criterion = { $criterion }
reading-tie_break-judged = 评委打分
reading-tie_break-own_total = 本轮总分
reading-tie_break-earlier_total = { $round }总分
reading-tie_break-earlier_rank = { $round }名次
reading-tie_break-untrimmed_sum = 全部评分表之和（含去掉的）
reading-tie_break-highest_sheet = 最高的一份评分表
reading-tie_break-lowest_sheet = 最低的一份评分表
reading-tie_break-median = 全部评分表的中位数
reading-tie_break-more_digits = 总分的更多小数位
reading-tie_break-first_places = 评为第一名的评委人数
reading-tie_break-chair = 评委组长的书面决定
reading-tie_break-lot = 抽签结果
reading-tie_break-shared = 仍相同则名次并列

reading-places_all = 共 { $places } 个项目晋级。
reading-per_group-all = 每组 { $places } 个项目晋级。
reading-per_group-each = 各组名额：{ $places }。
reading-per_group-one = { $group } { $places } 个
reading-minimum_per_group = 其中每组至少 { $places } 个，其余名额由剩余项目按成绩产生。
reading-share = 名额按{ $of }的比例分配到各组，采用{ $by }；剩余名额由其他项目按成绩产生。
reading-share_by-largest_remainder = 最大余数法
reading-share_of-submitted = 提交项目数
reading-share_of-accepted = 受理项目数
reading-share_of-scored = 有名次的项目数
reading-maximum_per_institution = 同一单位最多 { $maximum } 个项目晋级。
reading-nominations-inside = 推荐的项目占用名额。
reading-nominations-beside = 推荐的项目不占用名额。
reading-minimum_score = { $wins ->
    [lowest] 总分不高于 { $score } 分方可晋级。
   *[highest] 总分不低于 { $score } 分方可晋级。
}
reading-tie_at_cut-chain = 晋级线上的同分若无法分出先后，则等待决定。
reading-tie_at_cut-all_advance = 晋级线上同分的项目全部晋级。
reading-tie_at_cut-none_advance = 晋级线上同分的项目均不晋级，也不递补。
reading-tie_at_cut-wait = 晋级线上的同分等待书面决定。
reading-ties_beside = 因组内晋级线同分而增加的项目不占用其余名额。
reading-reserves = { $each ->
    [yes] 每组
   *[no] {""}
}另设候补 { $reserves } 个。

reading-award = { $award }：{ $by ->
    [none] {""}
   *[other] { $by }{" "}
}{ $each ->
    [yes] 每组
    [all] 各组合计
   *[no] {""}
}{ $first ->
    [none] 全部项目
    [portion] 名列前茅、至多占项目总数 { $last } 的项目
    [next_portion] 名次紧随其后、至多占项目总数 { $last } 的项目
    [next] 其后 { $last } 名
    [same] 第 { $last } 名
   *[other] 第 { $first } 至 { $last } 名
}{ $from ->
    [none] {""}
   *[other] ，{ $wins ->
        [lowest] 不高于
       *[highest] 不低于
    } { $from } 分
}
reading-kind-pass_fail = { $criterion }：由每位评委判定通过或不通过
reading-rejects-majority = 过半数评委判定不通过的项目被淘汰
reading-rejects-any = 只要有一位评委判定不通过，项目即被淘汰
reading-rejects-class = { $class }中有评委判定不通过的项目被淘汰
reading-rejects-judge = 评委 { $judge } 判定不通过的项目被淘汰
reading-once = 各次试作共用
reading-attempts = 每个项目有 { $count } 次机会。{ $taken }
reading-take-word = { $taken }
reading-take-best = 取最好的 { $best } 次{ $together }。
reading-take_word-best = 取最好的一次。
reading-take_word-sum = 各次相加。
reading-take_word-mean = 取各次的平均值。
reading-together-sum = 相加
reading-together-mean = 的平均值
reading-classes = 评委分类汇总后加权：{ $classes }。
reading-class = { $class } { $weight }（至少 { $sheets } 份）
reading-empty_class-refuse = 某类评分表不足的项目没有名次。
reading-empty_class-renormalise = 某类评分表不足的项目不计该类，其余各类按比例计算。
reading-best_of = 只计其中最好的 { $best } 项。
reading-missing_round-leave_out = 在{ $round }中没有成绩的项目，可供择优的成绩少一项。
reading-tie_break-sealed = 同分裁定评委的密封评分表（仅在同分时启封）
reading-share_by-d_hondt = 洪德法
reading-share_by-sainte_lague = 圣拉古法
reading-maximum_per_group = 同一组最多 { $maximum } 个项目晋级。
reading-tie_policy-every = { $every }
reading-tie_policy-each = 组内：{ $group }全体：{ $overall }
reading-stream = { $stream }（由名次紧随其后的项目产生）：{ $terms }
reading-one_award = 每个项目只获一个奖项，即其中可获得的第一个。
reading-award_by-total = 总分
reading-award_by-criterion = { $criterion }
reading-beside_others = 可与其他奖项兼得
reading-penalties = 加减分
reading-combine-rank_sum = 按每位评委的总分给本组项目排名，名次之和最低者胜出。
reading-combine-borda = 按每位评委的总分给本组项目排名，每领先一个项目得一分，总和最高者胜出。
reading-combine-component_ranks = 按每个评分项给本组项目排名，名次之和最低者胜出。
reading-combine-rank_points = 按每位评委的总分给本组项目排名次，名次分相加，和高者胜。
reading-combine-rank_product = 按每位评委的总分给本组项目排名次，名次相乘，积小者胜。
reading-combine-component_points = 按每个评分项给本组项目排名次，名次分相加，和高者胜。
reading-combine-component_product = 按每个评分项给本组项目排名次，名次相乘，积小者胜。
reading-points = 名次分从第 1 名起依次为 { $points }，其后为 0；并列者平分。
reading-absent-refuse = 缺少某个评分项成绩的项目没有名次。
reading-absent-after_last = 缺少某个评分项成绩的项目在该项排在最后一名之后，不得名次分。
reading-unequal-refuse = 各项目的评委人数不等时，本组不排名。
reading-unequal-mean = 各项目的评委人数不等时，以平均值代替总和。
reading-lowest_value = 数值最低者最好
reading-tie_break-attempt = { $nth ->
    [1] 最好的一次成绩
   *[other] 第 { $nth } 好的一次成绩
}
reading-penalty = { $penalty }{ $points ->
    [0] {""}
   *[other] ：{ $per ->
        [none] {""}
       *[other] 每 { $per }{ $unit }{" "}
    }{ $points } 分{ $per ->
        [none] {""}
       *[other] （不足亦计）
    }
}{ $grace ->
    [0] {""}
   *[other] ，前 { $grace }{ $unit }不计
}{ $from ->
    [none] {""}
   *[other] ；达到 { $from }{ $unit }者取消资格
}。
reading-distinct_totals = 同一评委给同组各项目的总分不得相同。

reading-comparable = 评委组之间的可比性
reading-equalise-panel_means = 每个项目的分值乘以各评委组平均分的平均值，再除以本组的平均分。
reading-equalise-grand_mean = 每个项目的分值乘以本分组全部项目的平均分，再除以本评委组的平均分。
reading-equalise-z_score = 每位评委的{ $over ->
    [criteria] 各评分项分数
   *[sheets] 总分
}换算为标准分：高于该评委自己平均分多少个标准差（{ $deviation }）。
reading-equalise-severity = 用最小二乘法估计每位评委比全体评委平均严格或宽松多少，并从其打分中扣除。
reading-equalise_fixed = 以上数值在结束评分时确定：此后被取消资格或退出的项目不影响其他项目的总分；重新开放并再次结束评分时重新计算。
reading-deviation-population = 总体标准差
reading-deviation-sample = 样本标准差
reading-rescale-observed = 再{ $way }换算回分数。
reading-rescale-stated = 再按平均分 { $mean }、标准差 { $deviation } 换算回分数。
reading-observed-mean_and_deviation = 按全部打分的平均值和标准差
reading-observed-observed_range = 按各项目原始分值的范围
reading-z_minimum_sheets = 评分表少于 { $sheets } 份的评委不作换算。
reading-unconnected = { $assumed ->
    [yes] 互无交集的评委和项目仍作比较，视各评委组水平相当。
   *[no] 互无交集的评委和项目不作比较，此时不予计算结果。
}
