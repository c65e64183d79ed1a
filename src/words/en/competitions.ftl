## Wrong places
field-slug_taken = Another competition has this name in its address.
field-time_zone = { $given } is no IANA time zone; expected one such as Asia/Shanghai.
field-closes_before_it_opens = Registration closes after it opens.
field-number_range = Expected { $minimum } to { $maximum }.
field-team_limits = The smallest team is no larger than the largest, which has { $maximum }.
field-too_many = There can be at most { $maximum }.
field-code_twice = The code { $code } stands twice.
field-choices_missing = A field of this kind needs choices.
field-choices_not_here = A field of the kind { $kind } has no choices.
field-no_account = There is no account with this address; send an invitation.
field-named_twice = This person is named twice.
field-unknown_code = There is no { $code } in this competition.
field-invitation_unknown = There is no such invitation, or it was taken back.
field-invitation_for_another = This invitation is for another e-mail address than your account's.
field-second_factor_elsewhere = Your account has a second factor, which this page can't ask for. Sign in, and accept the invitation with your session.

## Conflicts
conflict-slug_fixed = The name in the address is fixed since the competition was published.
conflict-competition_published = The competition is published already.
conflict-field_in_use = The field { $field } can't go or change its kind: entry { $entry } has an answer to it.
conflict-choice_in_use = The choice { $choice } of the field { $field } can't go: entry { $entry } chose it.
conflict-track_in_use = The track { $track } can't go: entries have it.
conflict-region_in_use = The region { $region } can't go: entries, members or groups have it.
conflict-already_member = This person has this role already.
conflict-last_organizer = A competition keeps at least one organizer; only an admin can remove the last one.
conflict-invitation_expired = This invitation ended at { $expired }; ask for a new one.
conflict-invitation_used = This invitation was accepted already.
