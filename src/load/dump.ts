/** The output of `nginx -T`: all files of a configuration in one text, each below a header with its path. */
import { posix } from 'node:path';
import { encode } from '../../grammar/text.ts';
import type { Text } from './reader.ts';

/** One file of a dump. */
export interface Part {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The files of a dump, the main one first; none when the text is no dump. */
export function dumpParts({ text, encoding }: Text): readonly Part[] {
  if (!text.includes('# configuration file /')) return [];
  // nginx's own words on its standard error may have got into the same stream.
  if (!/^\uFEFF?(?:\s*(?:nginx:[^\n]*|\d{4}\/[^\n]*))*\s*# configuration file \/[^\n]*:[ \r]*\n/.test(text))
    return [];
  const headers = [...text.matchAll(/^\uFEFF?# configuration file (\/[^\n]{0,4095}?):[ \r]*\n/gm)];
  return headers.map((header, index) => {
    const end = headers[index + 1]?.index ?? text.length;
    // ngx_conf.c adds a line feed after each file.
    const content = text.slice(header.index + header[0].length, end).replace(/\n\n$/, '\n');
    return {
      path: posix.normalize(header[1]!),
      bytes: encode(content, encoding === 'bytes' ? 'bytes' : 'utf-8'),
    };
  });
}
