"""
Runs command lines of the real AWS CLI, each in a process of its own that begins where importing the CLI has ended: that takes
most of the time of a command, and tests run hundreds. `aws-cli-client.py` hands over arguments, variables and streams.
"""
import json
import os
import signal
import socket
import sys
import traceback

from awscli.clidriver import create_clidriver

DATA_PATH = os.environ['AWS_DATA_PATH']  # which importing the CLI sets

path, services = sys.argv[1], ['cloudformation', 'ecs', 'sts', 'logs', 'rds']
driver = create_clidriver()
commands = driver._get_command_table()  # noqa: SLF001
for service in services:  # what every process then has in its memory
    driver.session.get_service_model(service)
    commands[service]._get_command_table()  # noqa: SLF001


def run(connection):
    message, streams, *_ = socket.recv_fds(connection, 1 << 20, 3)
    request = json.loads(message)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(request['environment'], AWS_DATA_PATH=DATA_PATH)
    os.chdir(request['directory'])
    code = 1
    try:
        code = create_clidriver().main(request['arguments'])
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.send(bytes([code or 0]))
        os._exit(0)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(path)
server.listen(64)
while True:
    connection, _ = server.accept()
    if os.fork() == 0:
        server.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run(connection)
    connection.close()
