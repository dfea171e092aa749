#!/usr/bin/env python3
"""A server that is not what it says: for tests/system/security.sh.

usage: hostile_server.py KIND
    echo      401 with the Authorization header in the message
    redirect  302 of everything to a second port of this machine
    deep      200 with JSON a million brackets deep
    bomb      200 with gzip that grows a thousand times, without end
    tls       over TLS with $CERTIFICATE and $KEY

Prints its address, and on a line each what the second port received.
"""
import http.server
import json
import os
import socketserver
import ssl
import sys
import threading
import zlib

KIND = sys.argv[1]


class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("other got", self.path, self.headers.get("Authorization"), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Hostile(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunks(self, pieces, headers=()):
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()

    def bomb(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b" " * (1 << 20)
        while True:
            yield packer.compress(zeros) + packer.flush(zlib.Z_SYNC_FLUSH)

    def answer(self):
        token = self.headers.get("Authorization", "")
        try:
            if KIND == "echo":
                message = "API token %s (%s) is invalid." % (token, token.replace("Bearer ", ""))
                body = {"object": "error", "status": 401, "code": "unauthorized", "message": message}
                self.reply(401, json.dumps(body).encode())
            elif KIND == "redirect":
                self.reply(302, b"", [("Location", OTHER + self.path)])
            elif KIND == "deep":
                self.reply(200, b"[" * 1000000)
            elif KIND == "bomb":
                self.chunks(self.bomb(), [("Content-Encoding", "gzip")])
            elif KIND == "tls":
                print("tls got", self.path, flush=True)
                self.reply(200, b"{}")
        except OSError:
            pass
        self.close_connection = True

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


other = Server(("127.0.0.1", 0), Other)
OTHER = "http://127.0.0.1:%d" % other.server_port
threading.Thread(target=other.serve_forever, daemon=True).start()
hostile = Server(("127.0.0.1", 0), Hostile)
scheme = "http"
if KIND == "tls":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["CERTIFICATE"], os.environ["KEY"])
    hostile.socket = context.wrap_socket(hostile.socket, server_side=True)
    scheme = "https"
print("listening on %s://127.0.0.1:%d" % (scheme, hostile.server_port), flush=True)
hostile.serve_forever()
