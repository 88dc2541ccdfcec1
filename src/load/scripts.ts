/** The programs and scripts that keepalived's commands name, where they are among the given files. */
import { posix } from 'node:path';
import { type File, walk } from '../../grammar/tree.ts';
import { isUnread } from './disk.ts';
import { isForeign, languageByName } from './language.ts';
import type { ScriptFile } from './loaded.ts';
import { type Home, isLive, programAt } from './place.ts';

/** Keywords whose words are a command. */
const commands = /^(?:script|misc_path|notify(?:_\w+)?|quorum_(?:up|down)|(?:startup|shutdown)_script)$/;
/** Folders of the system's own programs, which are no text. */
const system = /^\/(?:usr\/)?s?bin\//;
/** A longer file is no check: 256 KiB. */
const longest = 256 * 1024;

/** What is known of the files that the commands of `file` name, by the path as written. */
export function scriptsOf(home: Home, file: File): ReadonlyMap<string, ScriptFile> {
  const found = new Map<string, ScriptFile>();
  for (const { name, args } of walk(file.items)) {
    if (!commands.test(name.text)) continue;
    for (const { text } of args) {
      for (const [path] of text.matchAll(/(?<![^\s"'=(])\/[\w./+@-]+/g)) {
        if (found.has(path) || posix.normalize(path) !== path) continue;
        const script = scriptAt(home, path);
        if (script) found.set(path, script);
      }
    }
  }
  return markModes(found, isLive(home));
}

function scriptAt(home: Home, path: string): ScriptFile | undefined {
  const { reader } = home;
  const live = isLive(home) && home.whole !== true;
  const { file, folder } = programAt(home, path);
  if (file !== undefined) {
    const { executable, size } = reader.fs.status(file);
    const source = system.test(path) || size > longest ? undefined : reader.source(file);
    return {
      source: source === undefined || isUnread(source) ? undefined : source,
      presence: 'present',
      certain: live,
      executable,
    };
  }
  if (folder === undefined) return undefined;
  const others = reader.fs
    .list(folder)
    .filter((name) => isProgram(name) && reader.fs.status(posix.join(folder, name)).kind === 'file');
  return { source: undefined, presence: 'absent', certain: live || others.length > 0, executable: undefined };
}

/** A name that a script could have. */
const isProgram = (name: string): boolean =>
  /\.(?:sh|bash|py|pl|rb|php)$/.test(name) ||
  (!name.includes('.') && !isForeign(name) && !languageByName(name));

/** Where not even one file is executable, the files were copied in a way that lost it. */
function markModes(found: ReadonlyMap<string, ScriptFile>, live: boolean): ReadonlyMap<string, ScriptFile> {
  if (live || [...found.values()].some(({ executable }) => executable)) return found;
  return new Map([...found].map(([path, script]) => [path, { ...script, executable: undefined }]));
}
