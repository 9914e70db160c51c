import { VisibleText } from '../../kit/text/visible-text.tsx';

/** The firm id of what is about the platform's own keys or people. */
const PLATFORM = '00000000-0000-0000-0000-000000000000';

interface FirmLinkProps {
	readonly id: string;
	/** Null if only the id is known. */
	readonly name: string | null | undefined;
}

/** A firm by name, with the way to it. */
export function FirmLink({ id, name }: FirmLinkProps) {
	if (id === PLATFORM) return 'The platform';
	return <a href={`#/firms/${id}`}>{name ? <VisibleText text={name} /> : <span className="mono">{id}</span>}</a>;
}
