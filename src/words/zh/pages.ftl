## 服务器自带的页面
page-home-title = Palmares：从报名到公布入围名单
page-home-what = 本服务器承办项目竞赛与路演，从报名直到公布入围名单：参赛者报名并查看进度，评委打分，组织者逐组结束评分并发布结果。
page-home-docs = 接口文档（角色、错误与示例）
page-home-competitions = 已公开的赛事
page-home-none = 目前还没有公开的赛事。
page-home-more = 查看全部

page-invitation-title = { $inviter }邀请您加入“{ $competition }”
page-invitation-role = 角色
page-invitation-region = 限于
page-invitation-for = 受邀邮箱
page-invitation-until = 有效期至
page-invitation-have = 我已有账号
page-invitation-new = 我还没有账号
page-invitation-accept = 登录并接受邀请
page-invitation-register = 注册账号并接受邀请
page-invitation-forgot = 忘记密码？
page-invitation-address-hint = 请填写收到邀请的邮箱。
page-invitation-nothing-yet = 打开本页不会接受邀请：在您点击按钮之前，邀请一直有效。
page-invitation-welcome = 欢迎加入“{ $competition }”
page-invitation-welcome-what = 邀请已接受。您的角色：{ $role }。请用此邮箱和密码登录并开始工作。
page-invitation-accepted = 此邀请已被接受。请用接受邀请的账号登录。
page-invitation-ended = 此邀请已于 { $until } 过期。请向{ $inviter }索取新的邀请。
page-invitation-unknown = 没有这个邀请
page-invitation-unknown-why = 链接不完整，或者邀请已被撤回。请向发送者索取新的邀请。

page-role-organizer = 组织者：负责办赛
page-role-clerk = 录入员：录入纸质评分表和现场数据
page-role-judge = 评委：为分配到的项目打分
page-role-observer = 监督员：查看全部内容

page-field-email = 邮箱
page-field-name = 您的姓名
page-field-password = 密码
page-field-new-password = 新密码
page-field-again = 再输入一次
page-field-password-hint = 至少 12 个字符；最好用几个互不相干的词。

page-link-dead = 此链接无效

page-password-ask = 设置新密码
page-password-ask-what = 请填写您账号的邮箱。您将收到一封邮件，其中的链接可以设置新密码。
page-password-ask-button = 发送链接
page-password-sent = 请查看您的邮箱
page-password-sent-what = 如果此邮箱有对应的账号，链接已经发出，45 分钟内有效；更早的链接随即失效。
page-password-title = 设置新密码
page-password-what = 账号：{ $address }。设置后该账号的所有登录都会退出。
page-password-button = 设置密码
page-password-done = 密码已设置
page-password-done-what = 所有登录均已退出。请用新密码重新登录。

page-verification-title = 确认您的邮箱
page-verification-what = { $address } 是您的邮箱吗？如果是，请点击按钮。
page-verification-button = 是，这是我的邮箱
page-verification-done = 您的邮箱已确认
page-verification-done-what = 您可以关闭本页。

page-sign-in-title = 登录
page-sign-in-at = 使用{ $provider }登录
page-sign-in-none = 本服务器只能用邮箱和密码登录。
page-sign-in-done = 您已登录
page-sign-in-done-what = 您已在此浏览器中以 { $address } 登录。
page-sign-in-linked = 登录方式已关联
page-sign-in-linked-what = 从现在起，您可以通过{ $provider }登录您的账户。
page-sign-in-code = 第二重验证
page-sign-in-code-what = 请输入验证器应用显示的六位数字，或恢复码。
page-sign-in-code-field = 验证码
page-sign-in-code-button = 登录
page-sign-in-failed = 没有登录
page-sign-in-again = 重新开始
