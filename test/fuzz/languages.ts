/** The two languages: nodes that are mostly copies of each other, broken by chance, with includes as they come. */
import { failover } from '../../src/failover.ts';
import { formatNames, memory, render } from '../../src/index.ts';
import type { Dice } from '../bench/workloads.ts';
import { checked, fixFaults, raw, reportFaults } from './invariants.ts';
import type { Files, Kind } from './kind.ts';
import { corpus, type Language, mutated } from './mutate.ts';

const { nginx, keepalived } = corpus();
const broken = (language: Language, roll: Dice, text = roll.one(corpus()[language])): string =>
  mutated(text, language, roll);

/** Files that include each other as it comes, in circles and in trees that double. */
function includes(node: string, language: Language, roll: Dice): Files {
  const names = Array.from({ length: roll.between(1, 8) }, (_, n) => `${language}.d/${n}.conf`);
  const end = language === 'nginx' ? ';' : '';
  const path = (): string =>
    roll.one([
      ...names,
      // nginx reads from the folder of its main file, keepalived from that of the file that includes.
      ...names.map((name) => name.slice(name.indexOf('/') + 1)),
      `${language}.d/*.conf`,
      // A file read in both languages is mended in two ways that undo each other.
      language === 'nginx' ? 'nginx.d/[0-3]?conf' : '*.conf',
      '{1,2}.conf',
      `../lb1/${language}.d/*.conf`,
      `../${language}.conf`,
    ]);
  return Object.fromEntries(
    names.map((name) => {
      const lines = [
        roll.often(70) ? `${broken(language, roll).slice(0, 600)}\n` : '',
        ...Array.from({ length: roll.between(0, 3) }, () => `include ${path()}${end}\n`),
      ];
      return [`${node}/${name}`, lines.join('')];
    }),
  );
}

export const languages: Kind = {
  files: (roll) => {
    const files: Record<string, string> = {};
    const common = roll.one(keepalived);
    const site = roll.one(nginx);
    for (const node of ['lb1', 'lb2', 'lb3'].slice(0, roll.between(1, 3))) {
      const include = roll.often(40) ? roll.one(['keepalived', 'nginx'] as const) : undefined;
      const ends = { keepalived: 'include keepalived.d/*.conf\n', nginx: 'include nginx.d/*.conf;\n' };
      const put = (language: Language, text: string): void => {
        files[`${node}/${language}.conf`] =
          broken(language, roll, text) + (include === language ? `\n${ends[language]}` : '');
      };
      put('keepalived', roll.often(70) ? common : roll.one(keepalived));
      if (roll.often(60)) put('nginx', roll.often(60) ? site : roll.one(nginx));
      if (include) Object.assign(files, includes(node, include, roll));
    }
    return files;
  },
  *faults(files) {
    const report = checked(files);
    yield* reportFaults(report, files);
    for (const unsafe of [false, true]) yield* fixFaults(files, report, unsafe);
    const [first, second] = [1, 2].map(() =>
      JSON.stringify(failover(['.'], { fs: memory(files), cwd: '/' }).prediction),
    );
    if (first !== second) yield 'the election differs the second time';
  },
};

/** Every format of a report, twice. */
export async function* shownFaults(files: Files): AsyncGenerator<string> {
  const [report, again] = [checked(files), checked(files)];
  for (const name of formatNames) {
    const text = await render(report, name);
    if (raw.test(text)) yield `${name} holds a control character`;
    if (text !== (await render(again, name))) yield `${name} differs the second time`;
  }
}
