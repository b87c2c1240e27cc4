"""The sandbox's workspace as a page in a browser, for people.

`door` is the way in: it answers requests and keeps the page live. `rendering` turns a moment of the
workspace into HTML, `deeds` turn what a person does there into gestures of `sandbox.people`.
"""
