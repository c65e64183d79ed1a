## What a 404 says that there is not
thing-address = address
thing-competition = competition
thing-round = round
thing-group = group
thing-user = user
thing-panel = panel
thing-rules = rules document
thing-entry = entry
thing-ballot = ballot
thing-judge = judge
thing-adjustment = adjustment
thing-member = member
thing-invitation = invitation
thing-message = message
thing-publication = publication
thing-recorded_values = recorded values
thing-offer = offer
