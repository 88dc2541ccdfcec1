// What the rules about security claim, shown by a running nginx: the request that goes in and the answer that comes out.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check, memory } from '../../src/index.ts';
import { describeWith } from './harness.ts';

/** One claim: what is configured, what a client sends, and what shows that it is true. */
interface Claim {
  readonly rule: string;
  readonly title: string;
  /** In a server of its own; BACKEND is the address of a server that answers with the request it got, ROOT a folder. */
  readonly config: string;
  /** The path; with further lines of the head, if any. */
  readonly request: string;
  /** The answer has it, or has it not. */
  readonly shows: RegExp;
  readonly hides?: RegExp;
  /** Counter-proof: nothing is found in this, and the answer to the same request does not show it. */
  readonly mended?: string;
}

const claims: readonly Claim[] = [
  {
    rule: 'header-injection',
    title: '$uri in a redirect ends the line',
    config: 'location / { return 301 https://$host$uri; }',
    request: '/x%0d%0aX-Mine:%20yes',
    shows: /^Location: https:\/\/[^\n]*\/x\r\nX-Mine: yes\r$/m,
    mended: 'location / { return 301 https://$host$request_uri; }',
  },
  {
    rule: 'header-injection',
    title: 'a group without slashes holds a line feed',
    config: 'location ~ ^/a/([^/]+)/ { return 301 https://h.example/$1; }',
    request: '/a/x%0aX-Mine:%20yes/',
    shows: /^X-Mine: yes\r?$/m,
    mended: 'location ~ ^/a/([\\w.-]+)/ { return 301 https://h.example/$1; }',
  },
  {
    rule: 'header-injection',
    title: 'add_header copies $uri as it is',
    config: 'location / { add_header X-Path $uri; return 204; }',
    request: '/x%0aX-Mine:%20yes',
    shows: /^X-Mine: yes\r?$/m,
  },
  {
    rule: 'header-injection',
    title: 'a backend gets the header of the client’s own',
    config: 'location / { proxy_set_header X-Path $document_uri; proxy_pass http://BACKEND; }',
    request: '/x%0d%0aX-Role:%20admin',
    shows: /^X-Role: admin\r?$/m,
    mended: 'location / { proxy_set_header X-Path $request_uri; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'header-injection',
    title: 'a named group in a redirecting rewrite is copied raw',
    config: 'location / { rewrite ^/r/(?<rest>\\W*)$ http://h.example/$rest permanent; }',
    request: '/r/%0d%0a!:%20!',
    shows: /^!: !\r?$/m,
    mended: 'location / { rewrite ^/r/(\\W*)$ http://h.example/$1 permanent; }',
  },
  {
    rule: 'open-redirect',
    title: 'what follows the host completes its name',
    config: 'location ~ ^/old(.*)$ { return 301 https://www.example.com$1; }',
    request: '/old.evil.example/',
    shows: /^Location: https:\/\/www\.example\.com\.evil\.example\//m,
    mended: 'location ~ ^/old(/.*)?$ { return 301 https://www.example.com$1; }',
  },
  {
    rule: 'proxy-target-from-client',
    title: 'an argument chooses the machine',
    config: 'location / { proxy_pass http://$arg_url; }',
    request: '/?url=BACKEND/internal',
    shows: /^GET \/internal HTTP/m,
  },
  {
    rule: 'proxy-target-from-client',
    title: 'a domain behind it is no guard',
    config: 'location / { proxy_pass http://${arg_name}.internal; }',
    request: '/?name=BACKEND/p',
    shows: /^GET \/p\.internal HTTP/m,
  },
  {
    rule: 'path-from-client',
    title: 'try_files follows .. of an argument',
    config: 'location / { root ROOT; try_files /static/$arg_file =404; }',
    request: '/?file=../secret/key',
    shows: /the secret/,
    mended: 'location ~ ^/(?<name>[a-z]+)$ { root ROOT; try_files /static/$name =404; }',
  },
  {
    rule: 'path-from-client',
    title: 'rewrite follows .. of an argument',
    config: 'location / { root ROOT; rewrite ^ /static/$arg_file? break; }',
    request: '/?file=../secret/key',
    shows: /the secret/,
  },
  {
    rule: 'alias-traversal',
    title: 'a location without its slash lets out of the folder',
    config: 'location /files { alias ROOT/static/; }',
    request: '/files../secret/key',
    shows: /the secret/,
    mended: 'location /files/ { alias ROOT/static/; }',
  },
  {
    rule: 'alias-traversal',
    title: 'a group that may begin with dots lets out of the folder',
    config: 'location ~ ^/img(.*) { alias ROOT/static/$1; }',
    request: '/img../secret/key',
    shows: /the secret/,
    mended: 'location ~ ^/img/(.*) { alias ROOT/static/$1; }',
  },
  {
    rule: 'alias-slash-mismatch',
    title: 'nothing is found without the slash of the alias',
    config: 'location /img/ { alias ROOT/static; }',
    request: '/img/index.html',
    shows: /^HTTP\/1\.1 404/,
    mended: 'location /img/ { alias ROOT/static/; }',
  },
  {
    rule: 'alias-after-rewrite',
    title: 'an alias after a rewrite is a 500',
    config: 'location /img/ { alias ROOT/static/; rewrite ^/img/(.*)$ /small/$1 break; }',
    request: '/img/x',
    shows: /^HTTP\/1\.1 500/,
  },
  {
    rule: 'header-with-newline',
    title: 'a value on two lines is sent on two lines',
    config: 'location / { add_header X-Policy "default-src \'self\';\n  img-src *"; return 204; }',
    request: '/',
    shows: /^X-Policy: default-src 'self';\n {2}img-src \*\r$/m,
  },
  {
    rule: 'host-header-spoofable',
    title: 'the backend gets another host than nginx went by',
    config:
      'server_name shop.example; location / { proxy_set_header Host $http_host; proxy_pass http://BACKEND; }',
    request: 'http://shop.example/x',
    shows: /^Host: lbcheck\.example\r$/m,
    mended:
      'server_name shop.example; location / { proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'uri-echoed-as-html',
    title: 'a tag of the path is in the page',
    config: 'location / { default_type text/html; return 404 "<p>no $uri</p>"; }',
    request: '/%3Cscript%3E',
    shows: /<p>no \/<script><\/p>/,
    mended: 'location / { default_type text/html; return 404 "<p>no $request_uri</p>"; }',
  },
  {
    rule: 'auth-basic-without-users',
    title: 'without a file of users nobody is asked',
    config: 'location / { auth_basic "Staff"; root ROOT; }',
    request: '/secret/key',
    shows: /the secret/,
  },
  {
    rule: 'allow-without-deny',
    title: 'a list without an end keeps nobody out',
    config: 'location / { allow 10.0.0.0/8; root ROOT; }',
    request: '/secret/key',
    shows: /the secret/,
    mended: 'location / { allow 10.0.0.0/8; deny all; root ROOT; }',
  },
  {
    rule: 'unreachable-access-rule',
    title: 'what comes after deny all is never asked',
    config: 'location / { deny all; allow 127.0.0.1; root ROOT; }',
    request: '/secret/key',
    shows: /^HTTP\/1\.1 403/,
    mended: 'location / { allow 127.0.0.1; deny all; root ROOT; }',
  },
  {
    rule: 'satisfy-any-opened',
    title: 'everybody is allowed and one check is enough',
    config:
      'location / { satisfy any; allow all; auth_basic "Staff"; auth_basic_user_file ROOT/users; root ROOT; }',
    request: '/secret/key',
    shows: /the secret/,
    mended:
      'location / { satisfy any; deny all; auth_basic "Staff"; auth_basic_user_file ROOT/users; root ROOT; }',
  },
  {
    rule: 'return-before-access-check',
    title: 'return answers before deny is asked',
    config: 'location / { deny all; return 200 "the secret"; }',
    request: '/',
    shows: /the secret/,
    mended: 'location / { limit_except POST { deny all; } return 200 "the secret"; }',
  },
  {
    rule: 'deny-lost-in-nested-location',
    title: 'a list of its own replaces the outer one',
    config: 'location / { deny all; root ROOT; location /secret/ { deny 10.0.0.1; } }',
    request: '/secret/key',
    shows: /the secret/,
    mended: 'location / { deny all; root ROOT; location /secret/ { index x; } }',
  },
  {
    rule: 'protection-bypassed-by-regex',
    title: 'a regular expression answers instead of the guarded prefix',
    config: 'root ROOT; location /secret/ { deny all; } location ~ \\.txt$ { expires 1d; }',
    request: '/secret/key.txt',
    shows: /the secret/,
    mended: 'root ROOT; location ^~ /secret/ { deny all; } location ~ \\.txt$ { expires 1d; }',
  },
  {
    rule: 'doubled-prefix',
    title: 'the backend gets the path of the location twice',
    config:
      'location /a/ { proxy_set_header Host $host; set $b http://BACKEND/a$request_uri; proxy_pass $b; }',
    request: '/a/x',
    shows: /^GET \/a\/a\/x HTTP/m,
    mended: 'location /a/ { proxy_set_header Host $host; set $b http://BACKEND$request_uri; proxy_pass $b; }',
  },
  {
    rule: 'merge-slashes-off',
    title: 'two slashes lead around a guarded prefix',
    config: 'merge_slashes off; root ROOT; location /secret/ { deny all; }',
    request: '//secret/key',
    shows: /the secret/,
    mended: 'root ROOT; location /secret/ { deny all; }',
  },
  {
    rule: 'realip-trusts-everyone',
    title: 'a header makes the client another one',
    config:
      'set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For; location / { allow 10.9.9.9; deny all; root ROOT; }',
    request: '/secret/key HTTP/1.1\r\nX-Forwarded-For: 10.9.9.9',
    shows: /the secret/,
    mended:
      'set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For; location / { allow 10.9.9.9; deny all; root ROOT; }',
  },
  {
    rule: 'denial-falls-through',
    title: 'who is denied is handed on after all',
    config:
      'location / { deny all; error_page 403 = @app; proxy_pass http://BACKEND; } location @app { proxy_pass http://BACKEND; }',
    request: '/admin',
    shows: /^GET \/admin HTTP/m,
  },
  {
    rule: 'filesystem-root-served',
    title: 'every file of the machine is there',
    config: 'location / { root /; }',
    request: '/etc/hostname',
    shows: /^HTTP\/1\.1 200/,
  },
  {
    rule: 'header-lost-by-inheritance',
    title: 'one header of its own drops those of the server',
    config: 'add_header X-Frame-Options DENY; location / { add_header X-A 1; return 200 x; }',
    request: '/',
    shows: /^X-A: 1/m,
    hides: /X-Frame-Options/,
  },
  {
    rule: 'content-type-twice',
    title: 'add_header adds a second type',
    config: 'location / { add_header Content-Type text/plain; return 200 x; }',
    request: '/',
    shows: /^Content-Type: [\s\S]*^Content-Type: text\/plain/m,
    mended: 'location / { default_type text/plain; return 200 x; }',
  },
  {
    rule: 'if-replaces-location',
    title: 'of two true conditions the last one counts',
    config:
      'location / { if ($arg_a) { add_header X-A 1; } if ($arg_b) { add_header X-B 1; } return 200 x; }',
    request: '/?a=1&b=1',
    shows: /^X-B: 1/m,
    hides: /X-A/,
  },
  {
    rule: 'if-replaces-location',
    title: 'try_files is not asked in a true condition',
    config: 'root ROOT; location / { try_files $uri /static/index.html; if ($arg_a) { set $x 1; } }',
    request: '/nowhere?a=1',
    shows: /^HTTP\/1\.1 404/,
    mended: 'root ROOT; location / { try_files $uri /static/index.html; set $x $arg_a; }',
  },
  {
    rule: 'capture-overwritten',
    title: 'a condition that is false clears the group',
    config: 'location ~ ^/get/(\\w+)$ { if ($http_user_agent ~ curl) { return 403; } return 200 "[$1]"; }',
    request: '/get/abc',
    shows: /\[\]/,
    mended:
      'location ~ ^/get/(?<name>\\w+)$ { if ($http_user_agent ~ curl) { return 403; } return 200 "[$name]"; }',
  },
  {
    rule: 'missing-capture-group',
    title: 'a group that the pattern does not have is empty',
    config: 'location / { rewrite ^/a/(\\w+)$ /b/$2/$1 permanent; }',
    request: '/a/x',
    shows: /^Location: \S+\/b\/\/x\r$/m,
  },
  {
    rule: 'missing-capture-group',
    title: 'nothing is matched where a pattern had to fail',
    config: 'location /v { if ($arg_v !~ ^(\\d+)$) { return 200 "[$1]"; } return 204; }',
    request: '/v?v=x',
    shows: /^\[\]$/m,
  },
  {
    rule: 'capture-overwritten',
    title: 'the pattern of a rewrite itself clears the group of the location',
    config: 'location ~ ^/old/(.*)$ { rewrite ^ http://h.example/[$1] redirect; }',
    request: '/old/x',
    shows: /^Location: http:\/\/h\.example\/\[\]\r$/m,
    mended: 'location ~ ^/old/(\\w*)$ { return 302 http://h.example/[$1]; }',
  },
  {
    rule: 'proxy-path-traversal',
    title: 'the backend gets a step upwards',
    config: 'location /api { proxy_pass http://BACKEND/v1/; }',
    request: '/api../admin',
    shows: /^GET \/v1\/\.\.\/admin/m,
    mended: 'location /api/ { proxy_pass http://BACKEND/v1/; }',
  },
  {
    rule: 'proxy-path-double-encoded',
    title: 'a slash is encoded twice',
    config: 'location / { rewrite ^ $request_uri break; proxy_pass http://BACKEND; }',
    request: '/a%2Fb',
    shows: /^GET \/a%252Fb/m,
    mended: 'location / { proxy_pass http://BACKEND; }',
  },
  {
    rule: 'try-files-before-proxy-pass',
    title: 'a file that is there is asked for at the backend',
    config: 'root ROOT; location / { try_files $uri /nowhere; proxy_pass http://BACKEND; }',
    request: '/static/index.html',
    shows: /^GET \/static\/index\.html HTTP/m,
    mended:
      'root ROOT; location / { try_files $uri @backend; } location @backend { proxy_pass http://BACKEND; }',
  },
  {
    rule: 'unreachable-location',
    title: 'the first pattern answers, not the longest',
    config: 'location ~ ^/api { return 200 wide; } location ~ ^/api/v1 { return 200 narrow; }',
    request: '/api/v1/x',
    shows: /wide$/,
    mended: 'location ~ ^/api/v1 { return 200 narrow; } location ~ ^/api { return 200 wide; }',
  },
  {
    rule: 'regex-in-prefix-location',
    title: 'a pattern without its sign matches only itself',
    config: 'root ROOT; location /img/.* { return 200 found; }',
    request: '/img/a',
    shows: /^HTTP\/1\.1 404/,
    mended: 'root ROOT; location ~ ^/img/.* { return 200 found; }',
  },
  {
    rule: 'regex-never-matches',
    title: 'no path begins without a slash',
    config: 'root ROOT; location ~ ^api/ { return 200 found; }',
    request: '/api/',
    shows: /^HTTP\/1\.1 404/,
    mended: 'root ROOT; location ~ ^/api/ { return 200 found; }',
  },
  {
    rule: 'regex-backtracks-exponentially',
    title: 'thirty letters end in a 500',
    config: 'root ROOT; location ~ ^/(a+)+$ { return 204; }',
    request: `/${'a'.repeat(30)}!`,
    shows: /^HTTP\/1\.1 500/,
    mended: 'root ROOT; location ~ ^/(a++)+$ { return 204; }',
  },
  {
    rule: 'error-page-refused',
    title: 'the page of a server that is closed is closed as well',
    config: 'root ROOT; error_page 503 /secret/key; return 503;',
    request: '/',
    shows: /^HTTP\/1\.1 503[\s\S]*<center>nginx/,
    hides: /the secret/,
    mended:
      'root ROOT; error_page 503 @closed; return 503; location @closed { rewrite ^ /secret/key break; }',
  },
  {
    rule: 'error-page-refused',
    title: 'who is denied is denied the page',
    config: 'root ROOT; deny all; error_page 403 /secret/key;',
    request: '/',
    shows: /^HTTP\/1\.1 403[\s\S]*<center>nginx/,
    mended: 'root ROOT; deny all; error_page 403 /secret/key; location = /secret/key { allow all; }',
  },
  {
    rule: 'error-page-refused',
    title: 'who has no password gets no page that needs one',
    config:
      'root ROOT; auth_basic x; auth_basic_user_file ROOT/users; error_page 401 @page; location @page { rewrite ^ /index.html break; }',
    request: '/',
    shows: /^HTTP\/1\.1 401[\s\S]*<center>nginx/,
    mended:
      'root ROOT; auth_basic x; auth_basic_user_file ROOT/users; error_page 401 @page; location @page { auth_basic off; rewrite ^ /index.html break; }',
  },
  {
    rule: 'error-page-refused',
    title: 'a location that answers its own page',
    config: 'root ROOT; error_page 503 /index.html; location / { return 503; }',
    request: '/x',
    shows: /^HTTP\/1\.1 503[\s\S]*<center>nginx/,
    mended: 'root ROOT; error_page 503 /index.html; location / { return 503; } location = /index.html { }',
  },
  {
    rule: 'alias-reaches-siblings',
    title: 'a folder whose name begins alike',
    config: 'location /pub { alias ROOT/sec; }',
    request: '/pubret/key',
    shows: /the secret$/,
    mended: 'location /pub/ { alias ROOT/sec/; }',
  },
  {
    rule: 'access-by-client-header',
    title: 'the client claims the address that is let in',
    config: 'root ROOT; if ($http_x_forwarded_for !~ ^10\\.) { return 403; }',
    request: '/secret/key\r\nX-Forwarded-For: 10.1.1.1',
    shows: /the secret$/,
    mended: 'root ROOT; allow 10.0.0.0/8; deny all;',
  },
  {
    rule: 'error-page-lost-by-inheritance',
    title: 'a page for another code',
    config: 'root ROOT; error_page 404 /secret/key; location /a/ { error_page 403 /index.html; }',
    request: '/a/none',
    shows: /^HTTP\/1\.1 404[\s\S]*<center>nginx/,
    mended:
      'root ROOT; error_page 404 /secret/key; location /a/ { error_page 403 /index.html; error_page 404 /secret/key; }',
  },
  {
    rule: 'exact-location-guard',
    title: 'a slash more is another path',
    config:
      'proxy_set_header Host $host; location = /admin { deny all; proxy_pass http://BACKEND; } location / { proxy_pass http://BACKEND; }',
    request: '/admin/',
    shows: /^HTTP\/1\.1 200/,
    mended:
      'proxy_set_header Host $host; location ^~ /admin { deny all; proxy_pass http://BACKEND; } location / { proxy_pass http://BACKEND; }',
  },
  {
    rule: 'location-regex-unanchored',
    title: 'a picture is handed to the program',
    config: 'root ROOT; location ~ \\.php { proxy_set_header Host $host; proxy_pass http://BACKEND; }',
    request: '/x.php.jpg',
    shows: /GET \/x\.php\.jpg/,
    mended: 'root ROOT; location ~ \\.php$ { proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'location-without-slash',
    title: 'no path is without a slash',
    config: 'root ROOT; location secret { deny all; }',
    request: '/secret/key',
    shows: /the secret$/,
    mended: 'root ROOT; location /secret { deny all; }',
  },
  {
    rule: 'origin-check-bypassable',
    title: 'a name that ends like ours',
    config: 'if ($http_origin !~ "https://.*example\\.com$") { return 403; } return 200 allowed;',
    request: '/\r\nOrigin: https://evil-example.com',
    shows: /allowed$/,
    mended:
      'if ($http_origin !~ "^https://([a-z0-9-]+\\.)?example\\.com$") { return 403; } return 200 allowed;',
  },
  {
    rule: 'origin-check-never-matches',
    title: 'an origin has no path',
    config: 'if ($http_origin !~ "^https://example\\.com/$") { return 403; } return 200 allowed;',
    request: '/\r\nOrigin: https://example.com',
    shows: /^HTTP\/1\.1 403/,
    mended: 'if ($http_origin !~ "^https://example\\.com$") { return 403; } return 200 allowed;',
  },
  {
    rule: 'proxy-headers-lost',
    title: 'one header of a location drops those of the server',
    config:
      'proxy_set_header Host $host; location / { proxy_set_header X-Part a; proxy_pass http://BACKEND; }',
    request: '/',
    shows: /^Host: 127\.0\.0\.1:\d+\r?$/m,
    mended:
      'proxy_set_header Host $host; location / { proxy_set_header X-Part a; proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'proxy-pass-uri-mismatch',
    title: 'a slash too many',
    config: 'proxy_set_header Host $host; location /api { proxy_pass http://BACKEND/; }',
    request: '/api/users',
    shows: /^GET \/\/users /m,
    mended: 'proxy_set_header Host $host; location /api/ { proxy_pass http://BACKEND/; }',
  },
  {
    rule: 'proxy-path-sent-decoded',
    title: 'a question mark of the path begins a query',
    config: 'proxy_set_header Host $host; location ~ ^/a/(.*)$ { proxy_pass http://BACKEND/$1; }',
    request: '/a/x%3Fy',
    shows: /^GET \/x\?y HTTP/m,
    mended:
      'proxy_set_header Host $host; location /a/ { rewrite ^/a/(.*)$ /$1 break; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'real-ip-header-passed-through',
    title: 'the backend is told what the client claims',
    config: 'location / { proxy_set_header X-Real-IP $http_x_real_ip; proxy_pass http://BACKEND; }',
    request: '/\r\nX-Real-IP: 10.9.9.9',
    shows: /^X-Real-IP: 10\.9\.9\.9\r?$/m,
    mended: 'location / { proxy_set_header X-Real-IP $remote_addr; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'realip-trusts-everyone',
    title: 'one header passes the list',
    config:
      'root ROOT; set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For; allow 10.0.0.0/8; deny all;',
    request: '/secret/key\r\nX-Forwarded-For: 10.0.0.1',
    shows: /the secret$/,
    mended:
      'root ROOT; set_real_ip_from 192.0.2.1; real_ip_header X-Forwarded-For; allow 10.0.0.0/8; deny all;',
  },
  {
    rule: 'referer-check-without-referer',
    title: 'no Referer is a valid one',
    config: 'valid_referers none server_names; if ($invalid_referer) { return 403; } return 200 done;',
    request: '/',
    shows: /done$/,
    mended: 'valid_referers server_names; if ($invalid_referer) { return 403; } return 200 done;',
  },
  {
    rule: 'cors-reflects-any-origin',
    title: 'a foreign site is told that it may',
    config:
      'location / { add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true; return 204; }',
    request: '/\r\nOrigin: https://evil.example',
    shows: /^Access-Control-Allow-Origin: https:\/\/evil\.example\r?$/m,
    mended:
      'location / { add_header Access-Control-Allow-Origin https://app.example.com; add_header Access-Control-Allow-Credentials true; return 204; }',
  },
  {
    rule: 'undefined-named-location',
    title: 'nobody is there',
    config: 'root ROOT; location / { try_files $uri @app; }',
    request: '/none',
    shows: /^HTTP\/1\.1 500/,
    mended: 'root ROOT; location / { try_files $uri @app; } location @app { return 204; }',
  },
  {
    rule: 'unescaped-dot',
    title: 'any character is a dot',
    config: 'root ROOT; location ~ .key$ { return 200 run; } location ~ .php$ { return 200 run; }',
    request: '/graphphp',
    shows: /run$/,
    mended: 'root ROOT; location ~ \\.php$ { return 200 run; }',
  },
  {
    rule: 'proxy-pass-needs-resolver',
    title: 'no name is found at run time',
    config: 'set $to app.example.com; location / { proxy_set_header Host $host; proxy_pass http://$to; }',
    request: '/',
    shows: /^HTTP\/1\.1 502/,
    mended: 'location / { proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'port-from-client',
    title: 'an argument chooses the service',
    config: 'location / { proxy_set_header Host $host; proxy_pass http://127.0.0.1:$arg_port; }',
    request: '/?port=PORT/inside',
    shows: /^GET \/inside HTTP/m,
  },
  {
    rule: 'version-shown',
    title: 'the header names the version',
    config: 'server_tokens on; return 204;',
    request: '/',
    shows: /^Server: nginx\/1\./m,
    mended: 'server_tokens off; return 204;',
  },
  {
    rule: 'handler-replaced',
    title: 'the last of two handlers answers',
    config: 'location / { proxy_set_header Host $host; proxy_pass http://BACKEND; stub_status; }',
    request: '/asked',
    shows: /^Active connections:/m,
    hides: /^GET \/asked/m,
    mended: 'location / { proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'header-sent-twice',
    title: 'the backend gets both lines',
    config:
      'location / { proxy_set_header Host $host; proxy_set_header X-Real-IP a; proxy_set_header X-Real-IP b; proxy_pass http://BACKEND; }',
    request: '/',
    shows: /^X-Real-IP: a\r?\n(?:.*\n)?X-Real-IP: b\r?$/m,
    mended:
      'location / { proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'header-sent-twice',
    title: 'nginx itself refuses a request with two hosts',
    config:
      'location / { proxy_set_header Host $host; proxy_set_header Host b; proxy_pass http://127.0.0.1:$server_port; }',
    request: '/',
    shows: /^HTTP\/1\.1 400/m,
  },
  {
    rule: 'rewrite-loop',
    title: 'a path that grows is given up',
    config:
      'location /a/ { rewrite ^/a/(.*)$ /a/b/$1 last; proxy_set_header Host $host; proxy_pass http://BACKEND; }',
    request: '/a/x',
    shows: /^HTTP\/1\.1 500/,
    mended:
      'location /a/ { rewrite ^/a/(.*)$ /a/b/$1 break; proxy_set_header Host $host; proxy_pass http://BACKEND; }',
  },
  {
    rule: 'rewrite-loop',
    title: 'a path that stays the same is given up as well',
    config: 'location /a/ { rewrite ^/a/(.*)$ /a/$1 last; }',
    request: '/a/x',
    shows: /^HTTP\/1\.1 500/,
  },
  {
    rule: 'rewrite-loop',
    title: 'what answers /index.php is the same location',
    config: 'location / { rewrite ^/(.*)$ /index.php?q=$1; }',
    request: '/x',
    shows: /^HTTP\/1\.1 500/,
    mended: 'location / { rewrite ^/(.*)$ /index.php?q=$1; } location = /index.php { return 200; }',
  },
  {
    rule: 'rewrite-loop',
    title: 'two that lead to each other',
    config:
      'location /a/ { rewrite ^/a/(.*)$ /b/$1 last; } location /b/ { set $x 1; rewrite ^/b/?(.*)$ /a/$1; }',
    request: '/a/x',
    shows: /^HTTP\/1\.1 500/,
  },
  {
    rule: 'merge-slashes-off',
    title: 'two slashes come past a pattern that begins with one',
    config: 'merge_slashes off; location ~ ^/secret { deny all; } location / { root ROOT; }',
    request: '//secret/key',
    shows: /the secret/,
    mended: 'merge_slashes off; location ~ /secret { deny all; } location / { root ROOT; }',
  },
  {
    rule: 'missing-valid-referers',
    title: 'nobody is refused',
    config: 'if ($invalid_referer) { return 403; } return 200 done;',
    request: '/\r\nReferer: https://evil.example/',
    shows: /done$/,
    mended: 'valid_referers server_names; if ($invalid_referer) { return 403; } return 200 done;',
  },
];

describeWith(['nginx'], 'what the rules claim of nginx', () => {
  const root = mkdtempSync(join(tmpdir(), `lbcheck-${process.pid}-`));
  const ports: number[] = [];
  let nginx: ChildProcess;
  let backend: Server;
  let target = '';
  let errors = '';

  const text = (claim: string): string =>
    claim
      .replaceAll('BACKEND', target)
      .replaceAll('PORT', target.replace(/.*:/, ''))
      .replaceAll('ROOT', root);
  const configs = claims.flatMap(({ config, mended }) => [config, ...(mended === undefined ? [] : [mended])]);

  beforeAll(async () => {
    backend = await listening(
      createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.once('data', (data) => {
          socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${data.length}\r\n\r\n${data}`);
        });
      }),
    );
    target = `127.0.0.1:${portOf(backend)}`;
    // A port that was closed may be given a second time.
    while (ports.length < configs.length) {
      const port = await freePort();
      if (!ports.includes(port)) ports.push(port);
    }
    for (const [path, content] of [
      ['static/index.html', 'index'],
      ['index.html', 'index'],
      ['secret/key', 'the secret'],
      ['secret/key.txt', 'the secret'],
      ['users', 'a:{PLAIN}b'],
    ] as const) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const servers = configs.map((config, at) => `server { listen 127.0.0.1:${ports[at]}; ${text(config)} }`);
    writeFileSync(
      join(root, 'nginx.conf'),
      `user root; daemon off; master_process off; pid ${root}/pid; error_log stderr; events {} http { access_log off;
      client_body_temp_path ${root}/a; proxy_temp_path ${root}/b; fastcgi_temp_path ${root}/c; uwsgi_temp_path ${root}/d;
      scgi_temp_path ${root}/e;\n${servers.join('\n')}\n}`,
    );
    nginx = spawn('nginx', ['-p', root, '-c', join(root, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    nginx.stderr?.on('data', (data) => {
      errors += data;
    });
    await until(
      () => answer(ports[0]!, '/'),
      () => errors,
    );
  }, 30_000);

  afterAll(() => {
    nginx?.kill('SIGKILL');
    backend?.close();
    rmSync(root, { recursive: true, force: true });
  });

  const said = (config: string, rule: string) =>
    check(['nginx.conf'], {
      fs: memory({ 'nginx.conf': `events {}\nhttp { server { listen 80; ${text(config)} } }\n` }),
    }).diagnostics.filter((each) => each.rule === rule);

  it.each(claims)('$rule: $title', async ({ rule, config, request, shows, hides, mended }) => {
    const port = ports[configs.indexOf(config)]!;
    expect(said(config, rule), 'lbcheck finds it').not.toEqual([]);
    const answered = await answer(port, text(request));
    expect(answered).toMatch(shows);
    if (hides) expect(answered).not.toMatch(hides);
    if (mended === undefined) return;
    expect(said(mended, rule), 'lbcheck is content with what is mended').toEqual([]);
    expect(await answer(ports[configs.indexOf(mended)]!, text(request))).not.toMatch(shows);
  });

  const breaks = claims.filter(
    ({ rule, config }) => rule === 'header-injection' && !config.includes('rewrite'),
  );

  it.each(breaks)('the request that the finding names does it: $title', async ({ rule, config }) => {
    const [finding] = said(config, rule);
    const [, path = ''] = /^GET (\S+)/.exec(finding?.help ?? '') ?? [];
    expect(await answer(ports[configs.indexOf(config)]!, path)).toMatch(/^X-Mine: 1/m);
  });

  it('has shown enough', () => {
    expect(new Set(claims.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(40);
  });
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

async function freePort(): Promise<number> {
  const server = await listening(createServer());
  const port = portOf(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** The whole answer to a request, byte for byte. */
function answer(port: number, request: string): Promise<string> {
  const [path, ...lines] = request.split('\r\n');
  const first = path!.endsWith('HTTP/1.1') ? path! : `${path} HTTP/1.1`;
  const head = [`GET ${first}`, 'Host: lbcheck.example', 'Connection: close', ...lines, '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

async function until(attempt: () => Promise<unknown>, says: () => string): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > end) throw new Error(`nginx does not answer: ${says()}`, { cause: error });
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}
