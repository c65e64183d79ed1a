## What a 404 says that there is not
thing-address = 地址
thing-competition = 赛事
thing-round = 轮次
thing-group = 组别
thing-user = 用户
thing-panel = 评审组
thing-rules = 规则文件
thing-entry = 项目
thing-ballot = 评分表
thing-judge = 评委
thing-adjustment = 加减分
thing-member = 成员
thing-invitation = 邀请
thing-message = 消息
thing-publication = 公告
thing-recorded_values = 登记数值
thing-offer = 名额通知
