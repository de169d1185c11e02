"""Django's WSGI application; ``suqing.config.asgi`` serves it behind the dispatcher."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suqing.config.settings")
application = get_wsgi_application()
