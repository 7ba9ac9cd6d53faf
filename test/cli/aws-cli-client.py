"""Hands a command line of the AWS CLI to `aws-cli-server.py`; a session, which somebody ends by a signal, runs here."""
import json
import os
import socket
import sys
import time

path, python, *arguments = sys.argv[1:]
if arguments[:1] == ['ssm']:
    os.execv(python, [python, '-m', 'awscli', *arguments])
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
for deadline in range(600, -1, -1):  # it may be starting
    try:
        server.connect(path)
        break
    except OSError:
        if deadline == 0:
            raise
        time.sleep(0.1)
request = {'arguments': arguments, 'environment': dict(os.environ), 'directory': os.getcwd()}
socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
sys.exit(server.recv(1)[0])
