"""The stage view: pages for the hall's screen and the lobby's, served by the bot itself where STAGE_ADDRESS is set.

Read only, and by secret link: whoever has a session's link sees that session and nothing else. The pages count down by
themselves from instants and follow changes by server-sent events.
"""
