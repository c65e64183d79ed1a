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
page-invitation-have = I have an account
page-invitation-new = I have no account yet
page-invitation-accept = Sign in and accept
page-invitation-register = Make an account and accept
page-invitation-forgot = Forgot your password?
page-invitation-address-hint = The address that the invitation is for.
page-invitation-nothing-yet = Opening this page accepts nothing: the invitation stays open until you press a button.
page-invitation-welcome = Welcome to { $competition }
page-invitation-welcome-what = The invitation is accepted. Your role: { $role }. Sign in with this address and password wherever you work for the contest.
page-invitation-accepted = This invitation was accepted already. Whoever accepted it signs in with their account.
page-invitation-ended = This invitation ended at { $until }. Ask { $inviter } for a new one.
page-invitation-unknown = There is no such invitation
page-invitation-unknown-why = The link is not whole, or the invitation was taken back. Ask whoever sent it for a new one.

page-role-organizer = organizer: runs the competition
page-role-clerk = clerk: types paper ballots and recorded values
page-role-judge = judge: marks the entries that are assigned
page-role-observer = observer: supervises, reads everything

page-field-email = E-mail address
page-field-name = Your name
page-field-password = Password
page-field-new-password = New password
page-field-again = The same once more
page-field-password-hint = At least 12 characters; best a few words that have nothing to do with each other.

page-link-dead = This link does nothing

page-password-ask = Set a new password
page-password-ask-what = Type the e-mail address of your account. You get a link by mail that sets a new password.
page-password-ask-button = Send the link
page-password-sent = Look into your mailbox
page-password-sent-what = If there is an account with this address, a link is on its way. It is good for 45 minutes; an older one does nothing any more.
page-password-title = Set a new password
page-password-what = For the account { $address }. All sessions of the account end with it.
page-password-button = Set the password
page-password-done = Your password is set
page-password-done-what = All sessions were ended. Sign in again with the new password.

page-verification-title = Confirm your e-mail address
page-verification-what = Does { $address } reach you? Then press the button.
page-verification-button = Yes, this is my address
page-verification-done = Your e-mail address is confirmed
page-verification-done-what = You can close this page.

page-sign-in-title = Sign in
page-sign-in-at = Sign in with: { $provider }
page-sign-in-none = This server has no other sign-in than its own, by e-mail address and password.
page-sign-in-done = You are signed in
page-sign-in-done-what = You are signed in as { $address }, in this browser.
page-sign-in-linked = The sign-in is linked
page-sign-in-linked-what = From now on { $provider } signs you in to your account.
page-sign-in-code = Your second factor
page-sign-in-code-what = Type the six digits that your app shows, or a recovery code.
page-sign-in-code-field = Code
page-sign-in-code-button = Sign in
page-sign-in-failed = Nobody was signed in
page-sign-in-again = Begin again
