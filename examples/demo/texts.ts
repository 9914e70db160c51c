import type { DemoFirm } from './firms.ts';

/** A text file and its document. */
export interface DemoText {
	readonly name: string;
	readonly description: string;
	readonly lines: readonly string[];
}

/** The portal client of each firm sees its first text. */
export const TEXTS: Readonly<Record<DemoFirm['slug'], readonly [DemoText, ...DemoText[]]>> = {
	northgate: [
		{
			name: 'Advice on the malt house.txt',
			description: 'What the brewery should answer its landlord.',
			lines: [
				'Dear Ms Abbott,',
				'',
				'you asked what to answer the landlord about the malt house. In short: accept the term, refuse the rent review.',
				'',
				'1. Fifteen years are what you need for the new copper. Do not let the term be shortened for a lower rent.',
				'2. A review every three years would bring the rent to market level before the copper is paid for. Offer five.',
				'3. The option is worth having only if its price is fixed now. "At a fair price" leads to a valuer, or to court.',
				'4. Let the surveyor see the roof before you sign. You would have to repair it from the first day on.',
				'',
				'We can put this to the other side as soon as you agree.',
				'',
				'Northgate Legal',
			],
		},
		{
			name: 'Note for the file, coasters.txt',
			description: 'What was said on the telephone about the laytime.',
			lines: [
				'Call with the owners’ solicitor, twenty minutes.',
				'',
				'They count laytime from the notice of readiness. We count from the berth, since the notice came by night.',
				'He hinted that they would take half of the demurrage. Nothing was agreed.',
				'To do: ask the agent for the log of the pilot station.',
			],
		},
	],
	harbour: [
		{
			name: 'Letter to the bakeries.txt',
			description: 'What is still missing for the annual accounts.',
			lines: [
				'Dear Mr Lindqvist,',
				'',
				'for the annual accounts we still need:',
				'',
				'- the stock count of all four bakeries, at cost and not at what it would sell for;',
				'- the contract of the new oven, with the date on which it was first used;',
				'- the hours of the seasonal staff from May to July, by week.',
				'',
				'The second bakery makes a loss again. Let us talk about it before the bank sees the figures.',
				'',
				'Harbour Tax',
			],
		},
		{
			name: 'Note for the file, vineyard.txt',
			description: 'How the gain on the vineyard could be split.',
			lines: [
				'The contract is of December, the entry in the register of January.',
				'',
				'If the gain belongs to the year of the entry, the loss of the hotel can be set off against it.',
				'If it belongs to the year of the contract, it cannot. Look for rulings before we file either way.',
			],
		},
	],
};
