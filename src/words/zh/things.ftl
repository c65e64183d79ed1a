## What a 404 says that there is not
thing-address = 地址
thing-competition = 赛事
thing-round = 轮次
thing-group = 组别
thing-user = 用户
thing-panel = 评审组
thing-rules = 规则文件
