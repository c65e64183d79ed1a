## The server's own pages
page-home-title = Palmares: from registration to published finalists
page-home-what = This server takes project competitions and roadshows from registration to published finalists: contestants register and follow their status, judges score, organizers close group by group and publish.
page-home-docs = The API, with roles, errors and examples
page-home-competitions = Published competitions
page-home-none = None is published yet.
page-home-more = All of them

page-invitation-title = { $inviter } invites you to { $competition }
page-invitation-role = Role
page-invitation-region = Limited to
page-invitation-for = For the address
page-invitation-until = Open until
page-invitation-how = How to accept
page-invitation-nothing-yet = Opening this page accepts nothing: the invitation stays open until you send the last of these requests.
page-invitation-register = If you have no account yet, make one with the address that the invitation was sent to. The password has at least 12 characters.
page-invitation-sign-in = Sign in. The answer holds an access_token, which is good for ten minutes.
page-invitation-accept = Accept, with that token in place of ACCESS_TOKEN.
page-invitation-docs = The same can be done in the browser, with the API document
page-invitation-your-address = your address
page-invitation-your-password = your password
page-invitation-your-name = your name
page-invitation-accepted = This invitation was accepted already. Whoever accepted it signs in with their account.
page-invitation-ended = This invitation ended at { $until }. Ask { $inviter } for a new one.
page-invitation-unknown = There is no such invitation
page-invitation-unknown-why = The link is not whole, or the invitation was taken back. Ask whoever sent it for a new one.

page-role-organizer = organizer: runs the competition
page-role-clerk = clerk: types paper ballots and recorded values
page-role-judge = judge: marks the entries that are assigned
page-role-observer = observer: supervises, reads everything
