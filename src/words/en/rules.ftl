# What a rules document may not say.

field-not_points = “{ $given }” is no decimal number with at most three decimals, such as "27.5".
field-unknown_schema = Rules documents of schema { $given } are not known; this is schema { $known }.
field-rubric_empty = Nothing is marked, recorded or carried over.
field-step_not_positive = A step is more than 0.
field-max_not_above_min = The maximum { $max } is not above the minimum { $min }.
field-max_off_step = Steps of { $step } never arrive at the maximum { $max }.
field-factor_out_of_range = A factor or weight is more than 0 and at most { $maximum }.
field-factor_and_weight = A criterion has a factor or a weight, not both.
field-multiplier_is_judged = Only a recorded criterion can be a multiplier.
field-factor_of_multiplier = A multiplier has no factor.
field-weight_of_recorded = A recorded criterion is no part of the sheet's weighted mean; give it a factor.
field-level_out_of_range = The level is outside { $min } to { $max }.
field-levels_not_descending = Levels stand with the best first.
field-weight_needs_mean = Weights belong to a weighted mean ("total": "mean"); in a sum write a factor.
field-factor_needs_sum = Factors belong to a sum; in a weighted mean write a weight.
field-weight_missing = The other criteria have weights and this one has none.
field-weights_do_not_add_up = The weights add up to { $sum }, not to 1.
field-maximum_does_not_fit = The criteria add up to { $computed } at most, not to { $stated }.
field-left_out_needs_criteria = Missing marks can only be left out where judges are combined by criterion.
field-nothing_is_judged = No criterion is marked by judges.
field-minimum_sheets_zero = An entry needs at least one sheet.
field-not_of_pass_fail = A pass/fail criterion has no such thing.
field-rejects_without_pass_fail = Only a pass/fail criterion rejects.
field-unknown_class = The panel has no class “{ $class }” of judges.
field-per_attempt_without_attempts = This makes sense only where entries have several attempts.
field-attempts_out_of_range = There are 2 to { $maximum } attempts.
field-best_out_of_range = 1 to { $count } of the attempts can count.
field-attempts_of_nothing = No criterion is marked or recorded in each attempt.
field-mean_across_attempts = A weighted mean can't span criteria of each attempt and criteria that are marked once; add them up.
field-tie_break_of_one_attempt = With several attempts there is no one sheet of each judge to compare by ({ $by }).
field-class_weight_out_of_range = The weight of a class of judges is 0 to { $maximum }.
field-class_without_weight = Sheets of a class of weight 0 don't count, so none can be asked for.
field-classes_without_weight = At least one class of judges needs a weight above 0.
field-empty_class_without_classes = This makes sense only where judges have classes.
field-classes_need_mean = Classes of judges are combined by "mean" or "median", not by { $by }.
field-duplicate_trim = There are two steps from { $from } on.
field-trim_leaves_nothing = Of { $sheets } { $sheets ->
    [one] sheet
   *[other] sheets
} nothing is left when { $high } of the highest and { $low } of the lowest are dropped.
field-too_many_decimals = At most { $maximum } decimals.
field-rounding_never_reached = Under these rules nothing is ever rounded here.
field-own_weight_without_carry = A weight of its own makes sense only beside earlier rounds.
field-own_weight_missing = Earlier rounds have shares; say what this round's own weight is.
field-carry_weights_do_not_add_up = The weights of this and the earlier rounds add up to { $sum }, not to 1.
field-unknown_criterion = The rubric has no criterion “{ $criterion }”.
field-duplicate_tie_break = This tie-break stands earlier in the chain already.
field-tie_break_never_reached = Places are shared before this tie-break is asked.
field-tie_break_decides_nothing = Under these rules this tie-break ({ $by }) never tells two entries apart.
field-places_and_per_group = Say how many places there are in all or in each group, not both.
field-places_missing = Say how many places there are, in all or in each group.
field-needs_places = This needs a number of places in all.
field-needs_groups = This needs groups (ranking, group_by).
field-minimum_above_places = { $minimum } for each of { $groups } { $groups ->
    [one] group
   *[other] groups
} is more than the { $places } places.
field-unknown_round = “{ $round }” is no earlier round.
field-unknown_grouping = Entries can't be grouped by “{ $field }”.
field-factor_of_negative_marks = A factor has no meaning where judges may give less than 0.
field-equalise_sheets_not_combined = Judges are combined by criterion, so criteria are standardised, not sheets.
field-equalise_criteria_not_combined = Onto this scale criteria can only be standardised where judges are combined by criterion.
field-deviation_needs_two = A deviation needs at least two sheets.
field-deviation_not_positive = A deviation is more than 0.
field-maximum_below_minimum = A group gets at least { $minimum }, so it can't be { $maximum } at most.
field-only_one_cut = There is only one cut here: say one word for it.
field-award_without_end = Say how many places the award goes to, or from which value on.
field-award_never_reached = Whoever reaches this has the award before it already.
field-beside_nothing = This makes sense only where each entry gets one award.
field-awards_missing = This makes sense only with two or more awards.
field-best_of_out_of_range = The best 1 to { $maximum } of all rounds can count; with all of them leave this out.
field-leave_out_needs_best_of = An earlier round can only be left out where the best rounds count (best_of).
field-renormalise_with_best_of = Where the best rounds count, an earlier round can be left out, but not weighed anew.
field-own_weight_zero_with_best_of = A round that counts nothing can't be among the best.
field-equalise_several_attempts = Where entries have several attempts, panels can only be made comparable by factors.
