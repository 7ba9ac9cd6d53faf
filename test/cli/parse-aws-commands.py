"""
Reads command lines of the AWS CLI, as JSON, and says for each what AWS could not do with it: a parameter that is missing
or unknown, a value of the wrong kind, a field of `--query` that no answer has. Nothing is asked of AWS: the real CLI checks
the command against the model of its service, and is given a sample of the answer.
"""
import contextlib
import io
import json
import os
import re
import sys
from types import SimpleNamespace

os.environ.update(AWS_ACCESS_KEY_ID='local', AWS_SECRET_ACCESS_KEY='local', AWS_DEFAULT_REGION='eu-west-1', AWS_CONFIG_FILE=os.devnull)

from awscli.clidriver import create_clidriver  # noqa: E402
from botocore.utils import ArgumentGenerator  # noqa: E402

# What says that there is another page.
PAGE = re.compile('token|marker|position|truncated', re.IGNORECASE)


def unknown_values(value, shape, path=''):
    """What stands where AWS takes one of some words; botocore does not look."""
    if getattr(shape, 'enum', None) and value not in shape.enum:
        yield f'{path}: {value!r} is none of {", ".join(shape.enum)}'
    elif shape.type_name == 'structure':
        for name in value:
            yield from unknown_values(value[name], shape.members[name], f'{path}.{name}')
    elif shape.type_name == 'list':
        for item in value:
            yield from unknown_values(item, shape.member, path)


def sample(shape):
    """An answer in which each field holds its own name, and which is the last page."""
    answer = ArgumentGenerator(use_member_names=True).generate_skeleton(shape) if shape else {}
    return {name: value for name, value in answer.items() if not PAGE.search(name)}


def fault(driver, found, arguments):
    found.clear()
    # What a filter keeps depends on values, which a sample does not have.
    arguments = [re.sub(r'\[\?[^]]*\]', '[]', it) for it in arguments]
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            code = driver.main(arguments)
        except SystemExit as end:
            code = end.code
    if code != 0:
        return complained.getvalue().strip().splitlines()[-1]
    if '--query' in arguments and any(it in said.getvalue() for it in ('null', 'None', '[]')):
        return f'no answer has all that --query asks for: {said.getvalue().strip()}'
    return '; '.join(found) or None


def main():
    driver, found = create_clidriver(), []
    driver.session.register('before-parameter-build', lambda params, model, **_:
                            found.extend(unknown_values(params, model.input_shape) if model.input_shape else []))
    driver.session.register('before-call', lambda model, **_: (SimpleNamespace(status_code=200), sample(model.output_shape)))
    print(json.dumps([fault(driver, found, it) for it in json.load(sys.stdin)]))


main()
