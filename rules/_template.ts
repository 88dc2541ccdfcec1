// Copy this file to <scope>/<id>.ts, fill it in, run `npm test -- -u`: the page, the index and the tests follow from it.
import { rule } from '../src/lint/rule.ts';

export default rule({
  scope: 'keepalived', // what check() receives, and the folder: syntax | keepalived | nginx | node | cluster | fleet | suppression
  id: 'bad-pattern', // names the mistake; equals the file's name
  severity: 'warning', // error: refused, ignored, or fatal with one fault; warning: hardly meant; info: worth knowing
  summary: 'One sentence in the present tense says what is wrong',
  why: `
What the operator will see when it bites, in which situation, and what to do instead.
`,
  sources: ['Where this is known from: a section of the documentation, a function of the source, an RFC'],
  bad: [
    {
      title: 'What the example shows',
      files: `
        vrrp_instance VI_1 {
            priority 100 # a line of blanks and carets under a line marks the finding
                     ^^^ the message
        }
      `,
    },
  ],
  good: [{ title: 'A tempting false positive', files: '' }],
  *check() {
    // Ask the model; when a condition needs knowledge of the daemon, the model lacks a word.
  },
});
