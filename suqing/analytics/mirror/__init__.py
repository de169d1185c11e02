"""The columnar mirror: flat facts as Delta tables on plain files, a base by months and the changes since.

``tables`` says what the tables hold, ``epoch`` keeps them in one folder, ``facts_of`` reads facts from PostgreSQL.
What feeds, folds, builds and checks it is in ``actions/mirror_*.py``.
"""
