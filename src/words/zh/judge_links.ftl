## 评委链接与会场平板
problem-judge_link_unknown = 没有这个链接：链接不完整，或已被新的链接取代
problem-judges_only = 您通过评委链接登录：该登录仅可用于在所属赛事中评审
field-judge_link_window = 该时间须在开始之后，且不晚于 { $latest }。
field-judge_link_devices = 一个链接可在 1 至 { $maximum } 台设备上登录。
field-cookie_needs_own_form = 此表单不是由本服务器的页面提交的。请重新打开链接，并点击页面上的按钮。
conflict-judges_none = 没有可生成链接的评委：请先添加评委。
conflict-judge_links_at_once = 一次最多生成 { $maximum } 个链接；请指定评委。
conflict-judge_link_revoked = 此链接已被撤销，或已被新的链接取代。请向主办方索取新链接。
conflict-judge_link_early = 此链接自 { $moment } 起生效。
conflict-judge_link_ended = 此链接已于 { $moment } 失效。请向主办方索取新链接。
conflict-judge_link_idle = 此链接的持有人已不是本赛事的评委。请联系主办方。
conflict-judge_link_full = 此链接已在其他 { $devices } 台设备上使用。请先在那里退出登录，或向主办方索取新链接。
conflict-too_many_tablets = 一个赛事最多有 { $maximum } 台平板；请先移除一些。
conflict-tablet_bound = 此链接已被使用。请主办方重新登记这台平板。
conflict-tablet_ended = 这台平板已不再属于会场。请主办方重新登记。
conflict-tablet_elsewhere = 这台平板属于另一个赛事，与您的链接不符。
thing-judge_link = 评委链接
thing-tablet = 平板

page-judge-title = 评委登录
page-judge-what = 请扫描您的二维码或打开您的链接。如果无法使用，请输入卡片上的代码。
page-judge-code = 链接代码
page-judge-code-hint = 共 26 个字母和数字，可带或不带连字符。
page-judge-continue = 继续
page-judge-who = 这是您本人吗？
page-judge-name = 评委
page-judge-competition = 赛事
page-judge-until = 有效期至
page-judge-sign-in = 是的，在这台设备上登录
page-judge-on-device = 现在还没有任何变化：点击按钮后链接才会被使用。登录后仅可在本赛事中评审。
page-judge-on-tablet = 您正在使用“{ $tablet }”。之前使用它的人将被退出登录。评审结束后请交接平板。
page-judge-welcome = 欢迎，{ $judge }
page-judge-welcome-what = 您已在这台设备上登录，仅可作为本赛事的评委进行评审。
page-judge-nothing = 尚未给您分配项目。
page-judge-waiting = { $round }，{ $group }：已评 { $done } 项，共 { $all } 项
page-tablet-title = 绑定平板
page-tablet-what = 请在平板上打开平板链接。如果无法使用，请输入平板代码。
page-tablet-code = 平板代码
page-tablet-which = { $tablet }
page-tablet-which-what = 绑定后，此浏览器将作为{ $competition }的“{ $tablet }”，供评委轮流使用。现在还没有任何变化；点击按钮后链接才会被使用。
page-tablet-bind = 绑定此浏览器
page-seat-of = { $competition }
page-seat-turn = 现在由{ $judge }评审。
page-seat-free = 平板空闲。请下一位评委在此登录。
page-seat-digits = 您的 8 位数字
page-seat-digits-hint = 数字印在您的卡片上。您也可以用这台平板扫描您的二维码。
page-seat-sit = 开始评审
page-seat-hand-over = 我已完成：退出并交接
page-sheet-title = { $competition }：评委链接
page-sheet-what = 请立即打印本页：代码仅显示一次。请把卡片交给对应的评委本人；持有卡片者即可以其名义评审。
page-sheet-kept = 以下评委已有链接，继续有效。如已遗失，请为其重新生成：
page-sheet-scan = 用手机扫码，然后点击按钮。
page-sheet-type = 或输入：
page-sheet-pin = 在会场平板上输入：
page-sheet-window = { $from } – { $until } · { $devices } 台设备
letter-judge_link-subject = 您在{ $competition }的评审链接
letter-judge_link-text = 此链接让您以评委身份登录{ $competition }。请在用于评审的设备上打开链接，并点击页面上的按钮：

    { $link }

    有效期：{ $from } 至 { $until }。持有链接者即可以您的名义评审，请勿转交他人。
