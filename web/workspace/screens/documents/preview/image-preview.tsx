import { useEffect, useState } from 'react';
import { visibleLine } from '../../../../kit/text/visible-line.ts';

/** An image that the page itself has read and named the type of. */
export function ImagePreview({ image, name }: { readonly image: Blob; readonly name: string }) {
	const [address, setAddress] = useState<string>();
	const [isBroken, setBroken] = useState(false);
	useEffect(() => {
		const made = URL.createObjectURL(image);
		setAddress(made);
		return () => URL.revokeObjectURL(made);
	}, [image]);
	if (isBroken) return <p className="note warn">The image is damaged. Download the file to look at it.</p>;
	if (address === undefined) return null;
	return (
		<img
			className="preview-image"
			src={address}
			alt={visibleLine(`Preview of ${name}`)}
			onError={() => setBroken(true)}
		/>
	);
}
