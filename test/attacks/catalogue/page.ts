import { page, table } from '../../../tools/pages/markdown.ts';
import { type Area, type Attack, LAYERS, type Layer } from './attack.ts';

export const REGENERATE = 'npm run attacks';

/** docs/reference/attacks.md: of each area, the attacks that were run and answered as they say. */
export function attacksPage(areas: readonly Area[]): string {
	const attacks = areas.flatMap((area) => area.attacks);
	const used = (Object.keys(LAYERS) as Layer[]).filter((layer) => attacks.some((attack) => attack.layer === layer));
	return page([
		`<!-- Written by \`${REGENERATE}\` from the attacks in test/attacks/catalogue, once each has been run: change those. -->`,
		'# Attacks',
		`${attacks.length} attacks, each run against two firms on one installation: what is tried, what happens, and which layer
answers. A case is on this page only if it ran and showed what its layer must show. Besides, in every case, no answer and
no row held content of somebody else, and at the end no log line and no audit entry held any.
[SECURITY.md](../../SECURITY.md) says against whom. What is done to leases, with the locks taken away one by one, is in
[attacks-on-leases.md](attacks-on-leases.md).`,
		table(
			['layer', 'attacks', 'what a case has to show'],
			used.map((layer) => [layer, String(attacks.filter((attack) => attack.layer === layer).length), LAYERS[layer]]),
		),
		...areas.flatMap(({ title, attacks }) => [`## ${title}`, table(['attack', 'expected', 'layer'], attacks.map(row))]),
	]);
}

const row = ({ attack, expected, layer }: Attack): string[] => [attack, expected, layer];
