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
page-invitation-how = 如何接受邀请
page-invitation-nothing-yet = 打开本页不会接受邀请：在您发出最后一个请求之前，邀请一直有效。
page-invitation-register = 如果您还没有账号，请用收到邀请的邮箱注册。密码至少 12 个字符。
page-invitation-sign-in = 登录。返回内容中的 access_token 十分钟内有效。
page-invitation-accept = 接受邀请，把 ACCESS_TOKEN 换成上一步得到的令牌。
page-invitation-docs = 也可以在浏览器中通过接口文档完成
page-invitation-your-address = 您的邮箱
page-invitation-your-password = 您的密码
page-invitation-your-name = 您的姓名
page-invitation-accepted = 此邀请已被接受。请用接受邀请的账号登录。
page-invitation-ended = 此邀请已于 { $until } 过期。请向{ $inviter }索取新的邀请。
page-invitation-unknown = 没有这个邀请
page-invitation-unknown-why = 链接不完整，或者邀请已被撤回。请向发送者索取新的邀请。

page-role-organizer = 组织者：负责办赛
page-role-clerk = 录入员：录入纸质评分表和现场数据
page-role-judge = 评委：为分配到的项目打分
page-role-observer = 监督员：查看全部内容
