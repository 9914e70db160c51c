import './sealed.css';

interface SealedProps {
	/** Such as Note.title. */
	readonly field: string;
	/** One sentence that begins with Sealed, or says what else keeps the value from the reader. */
	readonly why: string;
}

/** The place of an encrypted value that is not shown, and why. */
export const Sealed = ({ field, why }: SealedProps) => (
	<span className="sealed" title={field}>
		<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
			<path
				fill="currentColor"
				d="M4 7V5a4 4 0 0 1 8 0v2h.5A1.5 1.5 0 0 1 14 8.500v5a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 2 13.500v-5A1.500 1.500 0 0 1 3.500 7zm1.500 0h5V5a2.500 2.500 0 0 0-5 0z"
			/>
		</svg>
		{why}
	</span>
);
