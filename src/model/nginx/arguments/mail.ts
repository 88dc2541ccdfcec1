/** What a server for mail does not do together. */
import type { Variant } from '../../../../grammar/tables/directives.ts';
import type { Check } from './checking.ts';
import { slots } from './slots.ts';

const isOn = (word: string | undefined): boolean => word === 'on' || word === 'only';

/** TLS from the first byte and TLS on request: ngx_mail_ssl_starttls() and ngx_mail_ssl_enable() refuse the later line. */
export const startTls =
  (variant: Variant): Check =>
  (checking) => {
    const { statement, args, report } = checking;
    const { name, directive, parent } = statement;
    const other = name === 'ssl' ? 'starttls' : 'ssl';
    const earlier = parent?.body.find(
      (each) =>
        each.name === other &&
        isOn(each.directive.args[0]?.text) &&
        each.directive.name.start < directive.name.start,
    );
    if (earlier && isOn(args[0]?.text)) report(args[0], `${name} cannot be on where ${other} is`);
    else slots(variant)?.(checking);
  };
