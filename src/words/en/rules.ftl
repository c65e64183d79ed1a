# What a rules document may not say.

invalid-not_points = “{ $given }” is no decimal number with at most three decimals, such as "27.5".
invalid-unknown_schema = Rules documents of schema { $given } are not known; this is schema { $known }.
invalid-rubric_empty = Nothing is marked, recorded or carried over.
invalid-step_not_positive = A step is more than 0.
invalid-max_not_above_min = The maximum { $max } is not above the minimum { $min }.
invalid-max_off_step = Steps of { $step } never arrive at the maximum { $max }.
invalid-factor_out_of_range = A factor or weight is more than 0 and at most { $maximum }.
invalid-factor_and_weight = A criterion has a factor or a weight, not both.
invalid-multiplier_is_judged = Only a recorded criterion can be a multiplier.
invalid-factor_of_multiplier = A multiplier has no factor.
invalid-weight_of_recorded = A recorded criterion is no part of the sheet's weighted mean; give it a factor.
invalid-level_out_of_range = The level is outside { $min } to { $max }.
invalid-levels_not_descending = Levels stand with the best first.
invalid-weight_needs_mean = Weights belong to a weighted mean ("total": "mean"); in a sum write a factor.
invalid-factor_needs_sum = Factors belong to a sum; in a weighted mean write a weight.
invalid-weight_missing = The other criteria have weights and this one has none.
invalid-weights_do_not_add_up = The weights add up to { $sum }, not to 1.
invalid-maximum_does_not_fit = The criteria add up to { $computed } at most, not to { $stated }.
invalid-left_out_needs_criteria = Missing marks can only be left out where judges are combined by criterion.
invalid-nothing_is_judged = No criterion is marked by judges.
invalid-minimum_sheets_zero = An entry needs at least one sheet.
invalid-duplicate_trim = There are two steps from { $from } on.
invalid-trim_leaves_nothing = Of { $sheets } { $sheets ->
    [one] sheet
   *[other] sheets
} nothing is left when { $high } of the highest and { $low } of the lowest are dropped.
invalid-too_many_decimals = At most { $maximum } decimals.
invalid-rounding_never_reached = Under these rules nothing is ever rounded here.
invalid-own_weight_without_carry = A weight of its own makes sense only beside earlier rounds.
invalid-own_weight_missing = Earlier rounds have shares; say what this round's own weight is.
invalid-carry_weights_do_not_add_up = The weights of this and the earlier rounds add up to { $sum }, not to 1.
invalid-unknown_criterion = The rubric has no criterion “{ $criterion }”.
invalid-duplicate_tie_break = This tie-break stands earlier in the chain already.
invalid-tie_break_never_reached = Places are shared before this tie-break is asked.
invalid-tie_break_decides_nothing = Under these rules this tie-break ({ $by }) never tells two entries apart.
invalid-places_and_per_group = Say how many places there are in all or in each group, not both.
invalid-places_missing = Say how many places there are, in all or in each group.
invalid-needs_places = This needs a number of places in all.
invalid-needs_groups = This needs groups (ranking, group_by).
invalid-minimum_above_places = { $minimum } for each of { $groups } { $groups ->
    [one] group
   *[other] groups
} is more than the { $places } places.
invalid-unknown_round = “{ $round }” is no earlier round.
invalid-unknown_field = Entries can't be grouped by “{ $field }”.
