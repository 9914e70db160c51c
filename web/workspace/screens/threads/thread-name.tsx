import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { isStaff, useViewer } from '../../viewer.ts';

/** What a thread is called, as the person sees it: threads have no names, because their topic is content. */
export function ThreadName({ client }: { readonly client: { readonly name: string } | null }) {
	const viewer = useViewer();
	const other = isStaff(viewer) ? client?.name : viewer.firm?.name;
	if (other === undefined) return 'Thread';
	return (
		<>
			Thread {isStaff(viewer) ? 'about' : 'with'} <VisibleText text={other} />
		</>
	);
}
