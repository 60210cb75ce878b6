import pytest

pytest.register_assert_rewrite("tests.stack.pasted", "tests.stack.story")
