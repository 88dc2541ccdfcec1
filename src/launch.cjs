#!/usr/bin/env node
'use strict';
// Starts the bundle from V8's code cache. To compile half a megabyte of JavaScript takes longer than to check two
// small files, so the build, or else a first run, leaves behind what V8 compiled and later runs take it up. Nothing
// but time depends on it: whatever is wrong with the cache or its place, the program runs as if there were none.

const fs = require('node:fs');
const { Script } = require('node:vm');

// What tells one Node from the next. V8 itself compares its version and its flags.
const node = [process.version, process.platform, process.arch].join(' ');

const chunks = new Map();

load('./cli.cjs')
  .main(process.argv.slice(2))
  .then(
    (code) => {
      process.exit(code); // all is written: src/commands write synchronously
    },
    (error) => {
      console.error(error);
      process.exitCode = 2; // 1 would say that there are findings
    },
  );

/** What `require` gives for a chunk of the bundle, or for a module of Node. */
function load(id) {
  if (!id.startsWith('./')) return require(id);
  let chunk = chunks.get(id);
  if (!chunk) {
    chunk = { exports: {} };
    chunks.set(id, chunk);
    const file = `${__dirname}${id.slice(1)}`;
    compiled(file)(chunk.exports, load, chunk, file, __dirname);
  }
  return chunk.exports;
}

/** The chunk as a function, of the parameters every CommonJS module has. */
function compiled(file) {
  // The build leaves nothing but ASCII in the bundle: one byte a character is the cheapest way to read it.
  const source = fs.readFileSync(file, 'latin1');
  const cache = file.replace(/cjs$/, 'cache');
  // V8 refuses the cache of another V8 and of other flags, but of the source it compares only the length. Hence a key of
  // our own, with the hash that the chunk begins with.
  const key = `${source.slice(0, 20)} ${node}`;
  const cachedData = read(cache, key);
  if (!cachedData && !isOwn(__dirname)) {
    useCacheOfNode();
    return require(file);
  }
  const script = new Script(source, { filename: file, cachedData });
  if (script.cachedDataRejected !== false) process.once('exit', (code) => write(script, code, cache, key));
  return script.runInThisContext();
}

// The file holds the data, then the key. A file that was cut short or is something else lacks the key at its end; it is
// written beside its place and moved there, so it is never half of one.
function read(cache, key) {
  try {
    const file = fs.readFileSync(cache);
    const end = file.length - key.length;
    if (end > 0 && file.latin1Slice(end) === key) return file.subarray(0, end);
  } catch {}
}

function write(script, code, cache, key) {
  // --help or a usage error compiles little of the program: wait for a run that was given something to read.
  const hasRead = process.argv.slice(2).some((a) => fs.existsSync(a.slice(a.indexOf('=') + 1)));
  // Flags become part of what V8 accepts: this cache must suit the runs without any.
  if (code > 1 || !hasRead || process.execArgv.length > 0 || process.env.NODE_OPTIONS || !isOwn(__dirname))
    return;
  const draft = `${cache}.${process.pid}`;
  try {
    const data = script.createCachedData();
    const file = fs.openSync(draft, 'wx');
    try {
      fs.writevSync(file, [data, Buffer.from(key, 'latin1')]);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(draft, cache); // another process sees the old file or the new one, never half of one
  } catch {
    try {
      fs.rmSync(draft, { force: true });
    } catch {}
  }
}

// Installed by another user, the cache beside the bundle is theirs to write. From Node 22.1 on, Node keeps one itself;
// but by default in the common temporary directory, in a folder whose owner it does not check, and bytecode that
// others may write is their program run under this user's name.
function useCacheOfNode() {
  const folder = process.env.XDG_CACHE_HOME || `${process.env.HOME}/.cache`;
  if (folder.startsWith('/') && isOwn(folder))
    require('node:module').enableCompileCache?.(`${folder}/lbcheck`);
}

function isOwn(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    if (process.platform === 'win32') return true;
    const { uid, mode } = fs.statSync(folder);
    return uid === process.getuid() && (mode & 0o002) === 0;
  } catch {
    return false;
  }
}
