// Generated from messages.proto by generate-wire.mjs. Do not edit.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface WireError {
    code: string;
    message: string;
    field: string;
}
export declare namespace WireError {
    const codec: () => Codec<WireError>;
    interface WireErrorCodeFieldEvent {
        field: '$.code';
        value: string;
    }
    interface WireErrorMessageFieldEvent {
        field: '$.message';
        value: string;
    }
    interface WireErrorFieldFieldEvent {
        field: '$.field';
        value: string;
    }
    function encode(obj: Partial<WireError>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireError>): WireError;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireError>): Generator<WireErrorCodeFieldEvent | WireErrorMessageFieldEvent | WireErrorFieldFieldEvent>;
}
export interface SessionProof {
    signer: Uint8Array;
    expires: bigint;
    signature: Uint8Array;
}
export declare namespace SessionProof {
    const codec: () => Codec<SessionProof>;
    interface SessionProofSignerFieldEvent {
        field: '$.signer';
        value: Uint8Array;
    }
    interface SessionProofExpiresFieldEvent {
        field: '$.expires';
        value: bigint;
    }
    interface SessionProofSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SessionProof>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SessionProof>): SessionProof;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SessionProof>): Generator<SessionProofSignerFieldEvent | SessionProofExpiresFieldEvent | SessionProofSignatureFieldEvent>;
}
export interface QuoteRequest {
    tenant: Uint8Array;
    class: string;
    count: number;
    image: string;
    reservation: Uint8Array;
}
export declare namespace QuoteRequest {
    const codec: () => Codec<QuoteRequest>;
    interface QuoteRequestTenantFieldEvent {
        field: '$.tenant';
        value: Uint8Array;
    }
    interface QuoteRequestClassFieldEvent {
        field: '$.class';
        value: string;
    }
    interface QuoteRequestCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface QuoteRequestImageFieldEvent {
        field: '$.image';
        value: string;
    }
    interface QuoteRequestReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    function encode(obj: Partial<QuoteRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<QuoteRequest>): QuoteRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<QuoteRequest>): Generator<QuoteRequestTenantFieldEvent | QuoteRequestClassFieldEvent | QuoteRequestCountFieldEvent | QuoteRequestImageFieldEvent | QuoteRequestReservationFieldEvent>;
}
export interface SignedQuote {
    node: Uint8Array;
    tenant: Uint8Array;
    class: string;
    count: number;
    price: bigint;
    meter: number;
    window: number;
    pause: number;
    stop: number;
    idle: number;
    startPrice: bigint;
    pullLimit: bigint;
    volumePrice: bigint;
    retention: number;
    expires: bigint;
    nonce: Uint8Array;
    signature: Uint8Array;
}
export declare namespace SignedQuote {
    const codec: () => Codec<SignedQuote>;
    interface SignedQuoteNodeFieldEvent {
        field: '$.node';
        value: Uint8Array;
    }
    interface SignedQuoteTenantFieldEvent {
        field: '$.tenant';
        value: Uint8Array;
    }
    interface SignedQuoteClassFieldEvent {
        field: '$.class';
        value: string;
    }
    interface SignedQuoteCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface SignedQuotePriceFieldEvent {
        field: '$.price';
        value: bigint;
    }
    interface SignedQuoteMeterFieldEvent {
        field: '$.meter';
        value: number;
    }
    interface SignedQuoteWindowFieldEvent {
        field: '$.window';
        value: number;
    }
    interface SignedQuotePauseFieldEvent {
        field: '$.pause';
        value: number;
    }
    interface SignedQuoteStopFieldEvent {
        field: '$.stop';
        value: number;
    }
    interface SignedQuoteIdleFieldEvent {
        field: '$.idle';
        value: number;
    }
    interface SignedQuoteStartPriceFieldEvent {
        field: '$.startPrice';
        value: bigint;
    }
    interface SignedQuotePullLimitFieldEvent {
        field: '$.pullLimit';
        value: bigint;
    }
    interface SignedQuoteVolumePriceFieldEvent {
        field: '$.volumePrice';
        value: bigint;
    }
    interface SignedQuoteRetentionFieldEvent {
        field: '$.retention';
        value: number;
    }
    interface SignedQuoteExpiresFieldEvent {
        field: '$.expires';
        value: bigint;
    }
    interface SignedQuoteNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    interface SignedQuoteSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SignedQuote>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedQuote>): SignedQuote;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedQuote>): Generator<SignedQuoteNodeFieldEvent | SignedQuoteTenantFieldEvent | SignedQuoteClassFieldEvent | SignedQuoteCountFieldEvent | SignedQuotePriceFieldEvent | SignedQuoteMeterFieldEvent | SignedQuoteWindowFieldEvent | SignedQuotePauseFieldEvent | SignedQuoteStopFieldEvent | SignedQuoteIdleFieldEvent | SignedQuoteStartPriceFieldEvent | SignedQuotePullLimitFieldEvent | SignedQuoteVolumePriceFieldEvent | SignedQuoteRetentionFieldEvent | SignedQuoteExpiresFieldEvent | SignedQuoteNonceFieldEvent | SignedQuoteSignatureFieldEvent>;
}
export interface QuoteResponse {
    quote?: SignedQuote;
    error?: WireError;
    freeUnits: number;
    imagePresent: boolean;
}
export declare namespace QuoteResponse {
    const codec: () => Codec<QuoteResponse>;
    interface QuoteResponseQuoteNodeFieldEvent {
        field: '$.quote.node';
        value: Uint8Array;
    }
    interface QuoteResponseQuoteTenantFieldEvent {
        field: '$.quote.tenant';
        value: Uint8Array;
    }
    interface QuoteResponseQuoteClassFieldEvent {
        field: '$.quote.class';
        value: string;
    }
    interface QuoteResponseQuoteCountFieldEvent {
        field: '$.quote.count';
        value: number;
    }
    interface QuoteResponseQuotePriceFieldEvent {
        field: '$.quote.price';
        value: bigint;
    }
    interface QuoteResponseQuoteMeterFieldEvent {
        field: '$.quote.meter';
        value: number;
    }
    interface QuoteResponseQuoteWindowFieldEvent {
        field: '$.quote.window';
        value: number;
    }
    interface QuoteResponseQuotePauseFieldEvent {
        field: '$.quote.pause';
        value: number;
    }
    interface QuoteResponseQuoteStopFieldEvent {
        field: '$.quote.stop';
        value: number;
    }
    interface QuoteResponseQuoteIdleFieldEvent {
        field: '$.quote.idle';
        value: number;
    }
    interface QuoteResponseQuoteStartPriceFieldEvent {
        field: '$.quote.startPrice';
        value: bigint;
    }
    interface QuoteResponseQuotePullLimitFieldEvent {
        field: '$.quote.pullLimit';
        value: bigint;
    }
    interface QuoteResponseQuoteVolumePriceFieldEvent {
        field: '$.quote.volumePrice';
        value: bigint;
    }
    interface QuoteResponseQuoteRetentionFieldEvent {
        field: '$.quote.retention';
        value: number;
    }
    interface QuoteResponseQuoteExpiresFieldEvent {
        field: '$.quote.expires';
        value: bigint;
    }
    interface QuoteResponseQuoteNonceFieldEvent {
        field: '$.quote.nonce';
        value: Uint8Array;
    }
    interface QuoteResponseQuoteSignatureFieldEvent {
        field: '$.quote.signature';
        value: Uint8Array;
    }
    interface QuoteResponseErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface QuoteResponseErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface QuoteResponseErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    interface QuoteResponseFreeUnitsFieldEvent {
        field: '$.freeUnits';
        value: number;
    }
    interface QuoteResponseImagePresentFieldEvent {
        field: '$.imagePresent';
        value: boolean;
    }
    function encode(obj: Partial<QuoteResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<QuoteResponse>): QuoteResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<QuoteResponse>): Generator<QuoteResponseQuoteNodeFieldEvent | QuoteResponseQuoteTenantFieldEvent | QuoteResponseQuoteClassFieldEvent | QuoteResponseQuoteCountFieldEvent | QuoteResponseQuotePriceFieldEvent | QuoteResponseQuoteMeterFieldEvent | QuoteResponseQuoteWindowFieldEvent | QuoteResponseQuotePauseFieldEvent | QuoteResponseQuoteStopFieldEvent | QuoteResponseQuoteIdleFieldEvent | QuoteResponseQuoteStartPriceFieldEvent | QuoteResponseQuotePullLimitFieldEvent | QuoteResponseQuoteVolumePriceFieldEvent | QuoteResponseQuoteRetentionFieldEvent | QuoteResponseQuoteExpiresFieldEvent | QuoteResponseQuoteNonceFieldEvent | QuoteResponseQuoteSignatureFieldEvent | QuoteResponseErrorCodeFieldEvent | QuoteResponseErrorMessageFieldEvent | QuoteResponseErrorFieldFieldEvent | QuoteResponseFreeUnitsFieldEvent | QuoteResponseImagePresentFieldEvent>;
}
export interface LeaseOpen {
    leaseNo: number;
    start: bigint;
    clientId: Uint8Array;
    privateTerms: string;
    quote?: SignedQuote;
    signature: Uint8Array;
}
export declare namespace LeaseOpen {
    const codec: () => Codec<LeaseOpen>;
    interface LeaseOpenLeaseNoFieldEvent {
        field: '$.leaseNo';
        value: number;
    }
    interface LeaseOpenStartFieldEvent {
        field: '$.start';
        value: bigint;
    }
    interface LeaseOpenClientIdFieldEvent {
        field: '$.clientId';
        value: Uint8Array;
    }
    interface LeaseOpenPrivateTermsFieldEvent {
        field: '$.privateTerms';
        value: string;
    }
    interface LeaseOpenQuoteNodeFieldEvent {
        field: '$.quote.node';
        value: Uint8Array;
    }
    interface LeaseOpenQuoteTenantFieldEvent {
        field: '$.quote.tenant';
        value: Uint8Array;
    }
    interface LeaseOpenQuoteClassFieldEvent {
        field: '$.quote.class';
        value: string;
    }
    interface LeaseOpenQuoteCountFieldEvent {
        field: '$.quote.count';
        value: number;
    }
    interface LeaseOpenQuotePriceFieldEvent {
        field: '$.quote.price';
        value: bigint;
    }
    interface LeaseOpenQuoteMeterFieldEvent {
        field: '$.quote.meter';
        value: number;
    }
    interface LeaseOpenQuoteWindowFieldEvent {
        field: '$.quote.window';
        value: number;
    }
    interface LeaseOpenQuotePauseFieldEvent {
        field: '$.quote.pause';
        value: number;
    }
    interface LeaseOpenQuoteStopFieldEvent {
        field: '$.quote.stop';
        value: number;
    }
    interface LeaseOpenQuoteIdleFieldEvent {
        field: '$.quote.idle';
        value: number;
    }
    interface LeaseOpenQuoteStartPriceFieldEvent {
        field: '$.quote.startPrice';
        value: bigint;
    }
    interface LeaseOpenQuotePullLimitFieldEvent {
        field: '$.quote.pullLimit';
        value: bigint;
    }
    interface LeaseOpenQuoteVolumePriceFieldEvent {
        field: '$.quote.volumePrice';
        value: bigint;
    }
    interface LeaseOpenQuoteRetentionFieldEvent {
        field: '$.quote.retention';
        value: number;
    }
    interface LeaseOpenQuoteExpiresFieldEvent {
        field: '$.quote.expires';
        value: bigint;
    }
    interface LeaseOpenQuoteNonceFieldEvent {
        field: '$.quote.nonce';
        value: Uint8Array;
    }
    interface LeaseOpenQuoteSignatureFieldEvent {
        field: '$.quote.signature';
        value: Uint8Array;
    }
    interface LeaseOpenSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<LeaseOpen>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseOpen>): LeaseOpen;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseOpen>): Generator<LeaseOpenLeaseNoFieldEvent | LeaseOpenStartFieldEvent | LeaseOpenClientIdFieldEvent | LeaseOpenPrivateTermsFieldEvent | LeaseOpenQuoteNodeFieldEvent | LeaseOpenQuoteTenantFieldEvent | LeaseOpenQuoteClassFieldEvent | LeaseOpenQuoteCountFieldEvent | LeaseOpenQuotePriceFieldEvent | LeaseOpenQuoteMeterFieldEvent | LeaseOpenQuoteWindowFieldEvent | LeaseOpenQuotePauseFieldEvent | LeaseOpenQuoteStopFieldEvent | LeaseOpenQuoteIdleFieldEvent | LeaseOpenQuoteStartPriceFieldEvent | LeaseOpenQuotePullLimitFieldEvent | LeaseOpenQuoteVolumePriceFieldEvent | LeaseOpenQuoteRetentionFieldEvent | LeaseOpenQuoteExpiresFieldEvent | LeaseOpenQuoteNonceFieldEvent | LeaseOpenQuoteSignatureFieldEvent | LeaseOpenSignatureFieldEvent>;
}
export interface LeaseRef {
    leaseId: Uint8Array;
}
export declare namespace LeaseRef {
    const codec: () => Codec<LeaseRef>;
    interface LeaseRefLeaseIdFieldEvent {
        field: '$.leaseId';
        value: Uint8Array;
    }
    function encode(obj: Partial<LeaseRef>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseRef>): LeaseRef;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseRef>): Generator<LeaseRefLeaseIdFieldEvent>;
}
export interface CloseRequest {
    deadline: bigint;
}
export declare namespace CloseRequest {
    const codec: () => Codec<CloseRequest>;
    interface CloseRequestDeadlineFieldEvent {
        field: '$.deadline';
        value: bigint;
    }
    function encode(obj: Partial<CloseRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CloseRequest>): CloseRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CloseRequest>): Generator<CloseRequestDeadlineFieldEvent>;
}
export interface LeaseList {
}
export declare namespace LeaseList {
    const codec: () => Codec<LeaseList>;
    function encode(obj: Partial<LeaseList>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseList>): LeaseList;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseList>): Generator<{}>;
}
export interface LeaseRequest {
    session?: SessionProof;
    open?: LeaseOpen;
    stop?: LeaseRef;
    status?: LeaseRef;
    watch?: LeaseRef;
    resume?: LeaseRef;
    list?: LeaseList;
    close?: CloseRequest;
}
export declare namespace LeaseRequest {
    const codec: () => Codec<LeaseRequest>;
    interface LeaseRequestSessionSignerFieldEvent {
        field: '$.session.signer';
        value: Uint8Array;
    }
    interface LeaseRequestSessionExpiresFieldEvent {
        field: '$.session.expires';
        value: bigint;
    }
    interface LeaseRequestSessionSignatureFieldEvent {
        field: '$.session.signature';
        value: Uint8Array;
    }
    interface LeaseRequestOpenLeaseNoFieldEvent {
        field: '$.open.leaseNo';
        value: number;
    }
    interface LeaseRequestOpenStartFieldEvent {
        field: '$.open.start';
        value: bigint;
    }
    interface LeaseRequestOpenClientIdFieldEvent {
        field: '$.open.clientId';
        value: Uint8Array;
    }
    interface LeaseRequestOpenPrivateTermsFieldEvent {
        field: '$.open.privateTerms';
        value: string;
    }
    interface LeaseRequestOpenQuoteNodeFieldEvent {
        field: '$.open.quote.node';
        value: Uint8Array;
    }
    interface LeaseRequestOpenQuoteTenantFieldEvent {
        field: '$.open.quote.tenant';
        value: Uint8Array;
    }
    interface LeaseRequestOpenQuoteClassFieldEvent {
        field: '$.open.quote.class';
        value: string;
    }
    interface LeaseRequestOpenQuoteCountFieldEvent {
        field: '$.open.quote.count';
        value: number;
    }
    interface LeaseRequestOpenQuotePriceFieldEvent {
        field: '$.open.quote.price';
        value: bigint;
    }
    interface LeaseRequestOpenQuoteMeterFieldEvent {
        field: '$.open.quote.meter';
        value: number;
    }
    interface LeaseRequestOpenQuoteWindowFieldEvent {
        field: '$.open.quote.window';
        value: number;
    }
    interface LeaseRequestOpenQuotePauseFieldEvent {
        field: '$.open.quote.pause';
        value: number;
    }
    interface LeaseRequestOpenQuoteStopFieldEvent {
        field: '$.open.quote.stop';
        value: number;
    }
    interface LeaseRequestOpenQuoteIdleFieldEvent {
        field: '$.open.quote.idle';
        value: number;
    }
    interface LeaseRequestOpenQuoteStartPriceFieldEvent {
        field: '$.open.quote.startPrice';
        value: bigint;
    }
    interface LeaseRequestOpenQuotePullLimitFieldEvent {
        field: '$.open.quote.pullLimit';
        value: bigint;
    }
    interface LeaseRequestOpenQuoteVolumePriceFieldEvent {
        field: '$.open.quote.volumePrice';
        value: bigint;
    }
    interface LeaseRequestOpenQuoteRetentionFieldEvent {
        field: '$.open.quote.retention';
        value: number;
    }
    interface LeaseRequestOpenQuoteExpiresFieldEvent {
        field: '$.open.quote.expires';
        value: bigint;
    }
    interface LeaseRequestOpenQuoteNonceFieldEvent {
        field: '$.open.quote.nonce';
        value: Uint8Array;
    }
    interface LeaseRequestOpenQuoteSignatureFieldEvent {
        field: '$.open.quote.signature';
        value: Uint8Array;
    }
    interface LeaseRequestOpenSignatureFieldEvent {
        field: '$.open.signature';
        value: Uint8Array;
    }
    interface LeaseRequestStopLeaseIdFieldEvent {
        field: '$.stop.leaseId';
        value: Uint8Array;
    }
    interface LeaseRequestStatusLeaseIdFieldEvent {
        field: '$.status.leaseId';
        value: Uint8Array;
    }
    interface LeaseRequestWatchLeaseIdFieldEvent {
        field: '$.watch.leaseId';
        value: Uint8Array;
    }
    interface LeaseRequestResumeLeaseIdFieldEvent {
        field: '$.resume.leaseId';
        value: Uint8Array;
    }
    interface LeaseRequestCloseDeadlineFieldEvent {
        field: '$.close.deadline';
        value: bigint;
    }
    function encode(obj: Partial<LeaseRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseRequest>): LeaseRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseRequest>): Generator<LeaseRequestSessionSignerFieldEvent | LeaseRequestSessionExpiresFieldEvent | LeaseRequestSessionSignatureFieldEvent | LeaseRequestOpenLeaseNoFieldEvent | LeaseRequestOpenStartFieldEvent | LeaseRequestOpenClientIdFieldEvent | LeaseRequestOpenPrivateTermsFieldEvent | LeaseRequestOpenQuoteNodeFieldEvent | LeaseRequestOpenQuoteTenantFieldEvent | LeaseRequestOpenQuoteClassFieldEvent | LeaseRequestOpenQuoteCountFieldEvent | LeaseRequestOpenQuotePriceFieldEvent | LeaseRequestOpenQuoteMeterFieldEvent | LeaseRequestOpenQuoteWindowFieldEvent | LeaseRequestOpenQuotePauseFieldEvent | LeaseRequestOpenQuoteStopFieldEvent | LeaseRequestOpenQuoteIdleFieldEvent | LeaseRequestOpenQuoteStartPriceFieldEvent | LeaseRequestOpenQuotePullLimitFieldEvent | LeaseRequestOpenQuoteVolumePriceFieldEvent | LeaseRequestOpenQuoteRetentionFieldEvent | LeaseRequestOpenQuoteExpiresFieldEvent | LeaseRequestOpenQuoteNonceFieldEvent | LeaseRequestOpenQuoteSignatureFieldEvent | LeaseRequestOpenSignatureFieldEvent | LeaseRequestStopLeaseIdFieldEvent | LeaseRequestStatusLeaseIdFieldEvent | LeaseRequestWatchLeaseIdFieldEvent | LeaseRequestResumeLeaseIdFieldEvent | LeaseRequestCloseDeadlineFieldEvent>;
}
export interface LeaseStatus {
    leaseId: Uint8Array;
    leaseNo: number;
    state: string;
    reason: string;
    exited: boolean;
    exitCode: number;
    detail: string;
    activeMs: bigint;
    pulledBytes: bigint;
    pullTotalBytes: bigint;
    imageId: string;
    unknown: boolean;
}
export declare namespace LeaseStatus {
    const codec: () => Codec<LeaseStatus>;
    interface LeaseStatusLeaseIdFieldEvent {
        field: '$.leaseId';
        value: Uint8Array;
    }
    interface LeaseStatusLeaseNoFieldEvent {
        field: '$.leaseNo';
        value: number;
    }
    interface LeaseStatusStateFieldEvent {
        field: '$.state';
        value: string;
    }
    interface LeaseStatusReasonFieldEvent {
        field: '$.reason';
        value: string;
    }
    interface LeaseStatusExitedFieldEvent {
        field: '$.exited';
        value: boolean;
    }
    interface LeaseStatusExitCodeFieldEvent {
        field: '$.exitCode';
        value: number;
    }
    interface LeaseStatusDetailFieldEvent {
        field: '$.detail';
        value: string;
    }
    interface LeaseStatusActiveMsFieldEvent {
        field: '$.activeMs';
        value: bigint;
    }
    interface LeaseStatusPulledBytesFieldEvent {
        field: '$.pulledBytes';
        value: bigint;
    }
    interface LeaseStatusPullTotalBytesFieldEvent {
        field: '$.pullTotalBytes';
        value: bigint;
    }
    interface LeaseStatusImageIdFieldEvent {
        field: '$.imageId';
        value: string;
    }
    interface LeaseStatusUnknownFieldEvent {
        field: '$.unknown';
        value: boolean;
    }
    function encode(obj: Partial<LeaseStatus>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseStatus>): LeaseStatus;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseStatus>): Generator<LeaseStatusLeaseIdFieldEvent | LeaseStatusLeaseNoFieldEvent | LeaseStatusStateFieldEvent | LeaseStatusReasonFieldEvent | LeaseStatusExitedFieldEvent | LeaseStatusExitCodeFieldEvent | LeaseStatusDetailFieldEvent | LeaseStatusActiveMsFieldEvent | LeaseStatusPulledBytesFieldEvent | LeaseStatusPullTotalBytesFieldEvent | LeaseStatusImageIdFieldEvent | LeaseStatusUnknownFieldEvent>;
}
export interface CloseAgreement {
    amount: bigint;
    deadline: bigint;
    signature: Uint8Array;
}
export declare namespace CloseAgreement {
    const codec: () => Codec<CloseAgreement>;
    interface CloseAgreementAmountFieldEvent {
        field: '$.amount';
        value: bigint;
    }
    interface CloseAgreementDeadlineFieldEvent {
        field: '$.deadline';
        value: bigint;
    }
    interface CloseAgreementSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<CloseAgreement>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CloseAgreement>): CloseAgreement;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CloseAgreement>): Generator<CloseAgreementAmountFieldEvent | CloseAgreementDeadlineFieldEvent | CloseAgreementSignatureFieldEvent>;
}
export interface LeaseResponse {
    error?: WireError;
    leases: LeaseStatus[];
    nodeSignature: Uint8Array;
    close?: CloseAgreement;
}
export declare namespace LeaseResponse {
    const codec: () => Codec<LeaseResponse>;
    interface LeaseResponseErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface LeaseResponseErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface LeaseResponseErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    interface LeaseResponseLeasesLeaseIdFieldEvent {
        field: '$.leases[].leaseId';
        value: Uint8Array;
        index: number;
    }
    interface LeaseResponseLeasesLeaseNoFieldEvent {
        field: '$.leases[].leaseNo';
        value: number;
        index: number;
    }
    interface LeaseResponseLeasesStateFieldEvent {
        field: '$.leases[].state';
        value: string;
        index: number;
    }
    interface LeaseResponseLeasesReasonFieldEvent {
        field: '$.leases[].reason';
        value: string;
        index: number;
    }
    interface LeaseResponseLeasesExitedFieldEvent {
        field: '$.leases[].exited';
        value: boolean;
        index: number;
    }
    interface LeaseResponseLeasesExitCodeFieldEvent {
        field: '$.leases[].exitCode';
        value: number;
        index: number;
    }
    interface LeaseResponseLeasesDetailFieldEvent {
        field: '$.leases[].detail';
        value: string;
        index: number;
    }
    interface LeaseResponseLeasesActiveMsFieldEvent {
        field: '$.leases[].activeMs';
        value: bigint;
        index: number;
    }
    interface LeaseResponseLeasesPulledBytesFieldEvent {
        field: '$.leases[].pulledBytes';
        value: bigint;
        index: number;
    }
    interface LeaseResponseLeasesPullTotalBytesFieldEvent {
        field: '$.leases[].pullTotalBytes';
        value: bigint;
        index: number;
    }
    interface LeaseResponseLeasesImageIdFieldEvent {
        field: '$.leases[].imageId';
        value: string;
        index: number;
    }
    interface LeaseResponseLeasesUnknownFieldEvent {
        field: '$.leases[].unknown';
        value: boolean;
        index: number;
    }
    interface LeaseResponseNodeSignatureFieldEvent {
        field: '$.nodeSignature';
        value: Uint8Array;
    }
    interface LeaseResponseCloseAmountFieldEvent {
        field: '$.close.amount';
        value: bigint;
    }
    interface LeaseResponseCloseDeadlineFieldEvent {
        field: '$.close.deadline';
        value: bigint;
    }
    interface LeaseResponseCloseSignatureFieldEvent {
        field: '$.close.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<LeaseResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseResponse>): LeaseResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseResponse>): Generator<LeaseResponseErrorCodeFieldEvent | LeaseResponseErrorMessageFieldEvent | LeaseResponseErrorFieldFieldEvent | LeaseResponseLeasesLeaseIdFieldEvent | LeaseResponseLeasesLeaseNoFieldEvent | LeaseResponseLeasesStateFieldEvent | LeaseResponseLeasesReasonFieldEvent | LeaseResponseLeasesExitedFieldEvent | LeaseResponseLeasesExitCodeFieldEvent | LeaseResponseLeasesDetailFieldEvent | LeaseResponseLeasesActiveMsFieldEvent | LeaseResponseLeasesPulledBytesFieldEvent | LeaseResponseLeasesPullTotalBytesFieldEvent | LeaseResponseLeasesImageIdFieldEvent | LeaseResponseLeasesUnknownFieldEvent | LeaseResponseNodeSignatureFieldEvent | LeaseResponseCloseAmountFieldEvent | LeaseResponseCloseDeadlineFieldEvent | LeaseResponseCloseSignatureFieldEvent>;
}
export interface WireTerms {
    leaseNo: number;
    publicTermsHash: Uint8Array;
}
export declare namespace WireTerms {
    const codec: () => Codec<WireTerms>;
    interface WireTermsLeaseNoFieldEvent {
        field: '$.leaseNo';
        value: number;
    }
    interface WireTermsPublicTermsHashFieldEvent {
        field: '$.publicTermsHash';
        value: Uint8Array;
    }
    function encode(obj: Partial<WireTerms>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireTerms>): WireTerms;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireTerms>): Generator<WireTermsLeaseNoFieldEvent | WireTermsPublicTermsHashFieldEvent>;
}
export interface WireRecord {
    block: bigint;
    leaseNo: number;
    cumulativeMs: bigint;
    amount: bigint;
    requests: number;
    tokens: bigint;
}
export declare namespace WireRecord {
    const codec: () => Codec<WireRecord>;
    interface WireRecordBlockFieldEvent {
        field: '$.block';
        value: bigint;
    }
    interface WireRecordLeaseNoFieldEvent {
        field: '$.leaseNo';
        value: number;
    }
    interface WireRecordCumulativeMsFieldEvent {
        field: '$.cumulativeMs';
        value: bigint;
    }
    interface WireRecordAmountFieldEvent {
        field: '$.amount';
        value: bigint;
    }
    interface WireRecordRequestsFieldEvent {
        field: '$.requests';
        value: number;
    }
    interface WireRecordTokensFieldEvent {
        field: '$.tokens';
        value: bigint;
    }
    function encode(obj: Partial<WireRecord>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireRecord>): WireRecord;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireRecord>): Generator<WireRecordBlockFieldEvent | WireRecordLeaseNoFieldEvent | WireRecordCumulativeMsFieldEvent | WireRecordAmountFieldEvent | WireRecordRequestsFieldEvent | WireRecordTokensFieldEvent>;
}
export interface WireProposal {
    day: number;
    seq: number;
    block: bigint;
    gpuMs: bigint;
    used: bigint;
    amount: bigint;
    treeSize: number;
    treeRoot: Uint8Array;
    previousDayRecordsHash: Uint8Array;
    terms: WireTerms[];
    records: WireRecord[];
    nodeSignature: Uint8Array;
}
export declare namespace WireProposal {
    const codec: () => Codec<WireProposal>;
    interface WireProposalDayFieldEvent {
        field: '$.day';
        value: number;
    }
    interface WireProposalSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface WireProposalBlockFieldEvent {
        field: '$.block';
        value: bigint;
    }
    interface WireProposalGpuMsFieldEvent {
        field: '$.gpuMs';
        value: bigint;
    }
    interface WireProposalUsedFieldEvent {
        field: '$.used';
        value: bigint;
    }
    interface WireProposalAmountFieldEvent {
        field: '$.amount';
        value: bigint;
    }
    interface WireProposalTreeSizeFieldEvent {
        field: '$.treeSize';
        value: number;
    }
    interface WireProposalTreeRootFieldEvent {
        field: '$.treeRoot';
        value: Uint8Array;
    }
    interface WireProposalPreviousDayRecordsHashFieldEvent {
        field: '$.previousDayRecordsHash';
        value: Uint8Array;
    }
    interface WireProposalTermsLeaseNoFieldEvent {
        field: '$.terms[].leaseNo';
        value: number;
        index: number;
    }
    interface WireProposalTermsPublicTermsHashFieldEvent {
        field: '$.terms[].publicTermsHash';
        value: Uint8Array;
        index: number;
    }
    interface WireProposalRecordsBlockFieldEvent {
        field: '$.records[].block';
        value: bigint;
        index: number;
    }
    interface WireProposalRecordsLeaseNoFieldEvent {
        field: '$.records[].leaseNo';
        value: number;
        index: number;
    }
    interface WireProposalRecordsCumulativeMsFieldEvent {
        field: '$.records[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface WireProposalRecordsAmountFieldEvent {
        field: '$.records[].amount';
        value: bigint;
        index: number;
    }
    interface WireProposalRecordsRequestsFieldEvent {
        field: '$.records[].requests';
        value: number;
        index: number;
    }
    interface WireProposalRecordsTokensFieldEvent {
        field: '$.records[].tokens';
        value: bigint;
        index: number;
    }
    interface WireProposalNodeSignatureFieldEvent {
        field: '$.nodeSignature';
        value: Uint8Array;
    }
    function encode(obj: Partial<WireProposal>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireProposal>): WireProposal;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireProposal>): Generator<WireProposalDayFieldEvent | WireProposalSeqFieldEvent | WireProposalBlockFieldEvent | WireProposalGpuMsFieldEvent | WireProposalUsedFieldEvent | WireProposalAmountFieldEvent | WireProposalTreeSizeFieldEvent | WireProposalTreeRootFieldEvent | WireProposalPreviousDayRecordsHashFieldEvent | WireProposalTermsLeaseNoFieldEvent | WireProposalTermsPublicTermsHashFieldEvent | WireProposalRecordsBlockFieldEvent | WireProposalRecordsLeaseNoFieldEvent | WireProposalRecordsCumulativeMsFieldEvent | WireProposalRecordsAmountFieldEvent | WireProposalRecordsRequestsFieldEvent | WireProposalRecordsTokensFieldEvent | WireProposalNodeSignatureFieldEvent>;
}
export interface Countersignature {
    seq: number;
    signature: Uint8Array;
}
export declare namespace Countersignature {
    const codec: () => Codec<Countersignature>;
    interface CountersignatureSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface CountersignatureSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<Countersignature>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Countersignature>): Countersignature;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Countersignature>): Generator<CountersignatureSeqFieldEvent | CountersignatureSignatureFieldEvent>;
}
export interface LeaseBound {
    leaseNo: number;
    cumulativeMs: bigint;
    ahead: bigint;
}
export declare namespace LeaseBound {
    const codec: () => Codec<LeaseBound>;
    interface LeaseBoundLeaseNoFieldEvent {
        field: '$.leaseNo';
        value: number;
    }
    interface LeaseBoundCumulativeMsFieldEvent {
        field: '$.cumulativeMs';
        value: bigint;
    }
    interface LeaseBoundAheadFieldEvent {
        field: '$.ahead';
        value: bigint;
    }
    function encode(obj: Partial<LeaseBound>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseBound>): LeaseBound;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseBound>): Generator<LeaseBoundLeaseNoFieldEvent | LeaseBoundCumulativeMsFieldEvent | LeaseBoundAheadFieldEvent>;
}
export interface Disagreement {
    seq: number;
    error?: WireError;
    bounds: LeaseBound[];
}
export declare namespace Disagreement {
    const codec: () => Codec<Disagreement>;
    interface DisagreementSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface DisagreementErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface DisagreementErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface DisagreementErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    interface DisagreementBoundsLeaseNoFieldEvent {
        field: '$.bounds[].leaseNo';
        value: number;
        index: number;
    }
    interface DisagreementBoundsCumulativeMsFieldEvent {
        field: '$.bounds[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface DisagreementBoundsAheadFieldEvent {
        field: '$.bounds[].ahead';
        value: bigint;
        index: number;
    }
    function encode(obj: Partial<Disagreement>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Disagreement>): Disagreement;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Disagreement>): Generator<DisagreementSeqFieldEvent | DisagreementErrorCodeFieldEvent | DisagreementErrorMessageFieldEvent | DisagreementErrorFieldFieldEvent | DisagreementBoundsLeaseNoFieldEvent | DisagreementBoundsCumulativeMsFieldEvent | DisagreementBoundsAheadFieldEvent>;
}
export interface ReceiptUp {
    session?: SessionProof;
    countersignature?: Countersignature;
    disagreement?: Disagreement;
}
export declare namespace ReceiptUp {
    const codec: () => Codec<ReceiptUp>;
    interface ReceiptUpSessionSignerFieldEvent {
        field: '$.session.signer';
        value: Uint8Array;
    }
    interface ReceiptUpSessionExpiresFieldEvent {
        field: '$.session.expires';
        value: bigint;
    }
    interface ReceiptUpSessionSignatureFieldEvent {
        field: '$.session.signature';
        value: Uint8Array;
    }
    interface ReceiptUpCountersignatureSeqFieldEvent {
        field: '$.countersignature.seq';
        value: number;
    }
    interface ReceiptUpCountersignatureSignatureFieldEvent {
        field: '$.countersignature.signature';
        value: Uint8Array;
    }
    interface ReceiptUpDisagreementSeqFieldEvent {
        field: '$.disagreement.seq';
        value: number;
    }
    interface ReceiptUpDisagreementErrorCodeFieldEvent {
        field: '$.disagreement.error.code';
        value: string;
    }
    interface ReceiptUpDisagreementErrorMessageFieldEvent {
        field: '$.disagreement.error.message';
        value: string;
    }
    interface ReceiptUpDisagreementErrorFieldFieldEvent {
        field: '$.disagreement.error.field';
        value: string;
    }
    interface ReceiptUpDisagreementBoundsLeaseNoFieldEvent {
        field: '$.disagreement.bounds[].leaseNo';
        value: number;
        index: number;
    }
    interface ReceiptUpDisagreementBoundsCumulativeMsFieldEvent {
        field: '$.disagreement.bounds[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface ReceiptUpDisagreementBoundsAheadFieldEvent {
        field: '$.disagreement.bounds[].ahead';
        value: bigint;
        index: number;
    }
    function encode(obj: Partial<ReceiptUp>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptUp>): ReceiptUp;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptUp>): Generator<ReceiptUpSessionSignerFieldEvent | ReceiptUpSessionExpiresFieldEvent | ReceiptUpSessionSignatureFieldEvent | ReceiptUpCountersignatureSeqFieldEvent | ReceiptUpCountersignatureSignatureFieldEvent | ReceiptUpDisagreementSeqFieldEvent | ReceiptUpDisagreementErrorCodeFieldEvent | ReceiptUpDisagreementErrorMessageFieldEvent | ReceiptUpDisagreementErrorFieldFieldEvent | ReceiptUpDisagreementBoundsLeaseNoFieldEvent | ReceiptUpDisagreementBoundsCumulativeMsFieldEvent | ReceiptUpDisagreementBoundsAheadFieldEvent>;
}
export interface ReceiptDown {
    proposal?: WireProposal;
    status?: LeaseStatus;
    error?: WireError;
    synced?: Synced;
}
export declare namespace ReceiptDown {
    const codec: () => Codec<ReceiptDown>;
    interface ReceiptDownProposalDayFieldEvent {
        field: '$.proposal.day';
        value: number;
    }
    interface ReceiptDownProposalSeqFieldEvent {
        field: '$.proposal.seq';
        value: number;
    }
    interface ReceiptDownProposalBlockFieldEvent {
        field: '$.proposal.block';
        value: bigint;
    }
    interface ReceiptDownProposalGpuMsFieldEvent {
        field: '$.proposal.gpuMs';
        value: bigint;
    }
    interface ReceiptDownProposalUsedFieldEvent {
        field: '$.proposal.used';
        value: bigint;
    }
    interface ReceiptDownProposalAmountFieldEvent {
        field: '$.proposal.amount';
        value: bigint;
    }
    interface ReceiptDownProposalTreeSizeFieldEvent {
        field: '$.proposal.treeSize';
        value: number;
    }
    interface ReceiptDownProposalTreeRootFieldEvent {
        field: '$.proposal.treeRoot';
        value: Uint8Array;
    }
    interface ReceiptDownProposalPreviousDayRecordsHashFieldEvent {
        field: '$.proposal.previousDayRecordsHash';
        value: Uint8Array;
    }
    interface ReceiptDownProposalTermsLeaseNoFieldEvent {
        field: '$.proposal.terms[].leaseNo';
        value: number;
        index: number;
    }
    interface ReceiptDownProposalTermsPublicTermsHashFieldEvent {
        field: '$.proposal.terms[].publicTermsHash';
        value: Uint8Array;
        index: number;
    }
    interface ReceiptDownProposalRecordsBlockFieldEvent {
        field: '$.proposal.records[].block';
        value: bigint;
        index: number;
    }
    interface ReceiptDownProposalRecordsLeaseNoFieldEvent {
        field: '$.proposal.records[].leaseNo';
        value: number;
        index: number;
    }
    interface ReceiptDownProposalRecordsCumulativeMsFieldEvent {
        field: '$.proposal.records[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface ReceiptDownProposalRecordsAmountFieldEvent {
        field: '$.proposal.records[].amount';
        value: bigint;
        index: number;
    }
    interface ReceiptDownProposalRecordsRequestsFieldEvent {
        field: '$.proposal.records[].requests';
        value: number;
        index: number;
    }
    interface ReceiptDownProposalRecordsTokensFieldEvent {
        field: '$.proposal.records[].tokens';
        value: bigint;
        index: number;
    }
    interface ReceiptDownProposalNodeSignatureFieldEvent {
        field: '$.proposal.nodeSignature';
        value: Uint8Array;
    }
    interface ReceiptDownStatusLeaseIdFieldEvent {
        field: '$.status.leaseId';
        value: Uint8Array;
    }
    interface ReceiptDownStatusLeaseNoFieldEvent {
        field: '$.status.leaseNo';
        value: number;
    }
    interface ReceiptDownStatusStateFieldEvent {
        field: '$.status.state';
        value: string;
    }
    interface ReceiptDownStatusReasonFieldEvent {
        field: '$.status.reason';
        value: string;
    }
    interface ReceiptDownStatusExitedFieldEvent {
        field: '$.status.exited';
        value: boolean;
    }
    interface ReceiptDownStatusExitCodeFieldEvent {
        field: '$.status.exitCode';
        value: number;
    }
    interface ReceiptDownStatusDetailFieldEvent {
        field: '$.status.detail';
        value: string;
    }
    interface ReceiptDownStatusActiveMsFieldEvent {
        field: '$.status.activeMs';
        value: bigint;
    }
    interface ReceiptDownStatusPulledBytesFieldEvent {
        field: '$.status.pulledBytes';
        value: bigint;
    }
    interface ReceiptDownStatusPullTotalBytesFieldEvent {
        field: '$.status.pullTotalBytes';
        value: bigint;
    }
    interface ReceiptDownStatusImageIdFieldEvent {
        field: '$.status.imageId';
        value: string;
    }
    interface ReceiptDownStatusUnknownFieldEvent {
        field: '$.status.unknown';
        value: boolean;
    }
    interface ReceiptDownErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface ReceiptDownErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface ReceiptDownErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    interface ReceiptDownSyncedSeqFieldEvent {
        field: '$.synced.seq';
        value: number;
    }
    function encode(obj: Partial<ReceiptDown>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptDown>): ReceiptDown;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptDown>): Generator<ReceiptDownProposalDayFieldEvent | ReceiptDownProposalSeqFieldEvent | ReceiptDownProposalBlockFieldEvent | ReceiptDownProposalGpuMsFieldEvent | ReceiptDownProposalUsedFieldEvent | ReceiptDownProposalAmountFieldEvent | ReceiptDownProposalTreeSizeFieldEvent | ReceiptDownProposalTreeRootFieldEvent | ReceiptDownProposalPreviousDayRecordsHashFieldEvent | ReceiptDownProposalTermsLeaseNoFieldEvent | ReceiptDownProposalTermsPublicTermsHashFieldEvent | ReceiptDownProposalRecordsBlockFieldEvent | ReceiptDownProposalRecordsLeaseNoFieldEvent | ReceiptDownProposalRecordsCumulativeMsFieldEvent | ReceiptDownProposalRecordsAmountFieldEvent | ReceiptDownProposalRecordsRequestsFieldEvent | ReceiptDownProposalRecordsTokensFieldEvent | ReceiptDownProposalNodeSignatureFieldEvent | ReceiptDownStatusLeaseIdFieldEvent | ReceiptDownStatusLeaseNoFieldEvent | ReceiptDownStatusStateFieldEvent | ReceiptDownStatusReasonFieldEvent | ReceiptDownStatusExitedFieldEvent | ReceiptDownStatusExitCodeFieldEvent | ReceiptDownStatusDetailFieldEvent | ReceiptDownStatusActiveMsFieldEvent | ReceiptDownStatusPulledBytesFieldEvent | ReceiptDownStatusPullTotalBytesFieldEvent | ReceiptDownStatusImageIdFieldEvent | ReceiptDownStatusUnknownFieldEvent | ReceiptDownErrorCodeFieldEvent | ReceiptDownErrorMessageFieldEvent | ReceiptDownErrorFieldFieldEvent | ReceiptDownSyncedSeqFieldEvent>;
}
export interface Synced {
    seq: number;
}
export declare namespace Synced {
    const codec: () => Codec<Synced>;
    interface SyncedSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    function encode(obj: Partial<Synced>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Synced>): Synced;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Synced>): Generator<SyncedSeqFieldEvent>;
}
export interface LogsRequest {
    session?: SessionProof;
    leaseId: Uint8Array;
    follow: boolean;
    sinceNs: bigint;
    tail: number;
}
export declare namespace LogsRequest {
    const codec: () => Codec<LogsRequest>;
    interface LogsRequestSessionSignerFieldEvent {
        field: '$.session.signer';
        value: Uint8Array;
    }
    interface LogsRequestSessionExpiresFieldEvent {
        field: '$.session.expires';
        value: bigint;
    }
    interface LogsRequestSessionSignatureFieldEvent {
        field: '$.session.signature';
        value: Uint8Array;
    }
    interface LogsRequestLeaseIdFieldEvent {
        field: '$.leaseId';
        value: Uint8Array;
    }
    interface LogsRequestFollowFieldEvent {
        field: '$.follow';
        value: boolean;
    }
    interface LogsRequestSinceNsFieldEvent {
        field: '$.sinceNs';
        value: bigint;
    }
    interface LogsRequestTailFieldEvent {
        field: '$.tail';
        value: number;
    }
    function encode(obj: Partial<LogsRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogsRequest>): LogsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogsRequest>): Generator<LogsRequestSessionSignerFieldEvent | LogsRequestSessionExpiresFieldEvent | LogsRequestSessionSignatureFieldEvent | LogsRequestLeaseIdFieldEvent | LogsRequestFollowFieldEvent | LogsRequestSinceNsFieldEvent | LogsRequestTailFieldEvent>;
}
export interface LogsChunk {
    stream: number;
    timeNs: bigint;
    data: Uint8Array;
    end: boolean;
    error?: WireError;
}
export declare namespace LogsChunk {
    const codec: () => Codec<LogsChunk>;
    interface LogsChunkStreamFieldEvent {
        field: '$.stream';
        value: number;
    }
    interface LogsChunkTimeNsFieldEvent {
        field: '$.timeNs';
        value: bigint;
    }
    interface LogsChunkDataFieldEvent {
        field: '$.data';
        value: Uint8Array;
    }
    interface LogsChunkEndFieldEvent {
        field: '$.end';
        value: boolean;
    }
    interface LogsChunkErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface LogsChunkErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface LogsChunkErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    function encode(obj: Partial<LogsChunk>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogsChunk>): LogsChunk;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogsChunk>): Generator<LogsChunkStreamFieldEvent | LogsChunkTimeNsFieldEvent | LogsChunkDataFieldEvent | LogsChunkEndFieldEvent | LogsChunkErrorCodeFieldEvent | LogsChunkErrorMessageFieldEvent | LogsChunkErrorFieldFieldEvent>;
}
export interface FilesRequest {
    session?: SessionProof;
    leaseId: Uint8Array;
    path: string;
}
export declare namespace FilesRequest {
    const codec: () => Codec<FilesRequest>;
    interface FilesRequestSessionSignerFieldEvent {
        field: '$.session.signer';
        value: Uint8Array;
    }
    interface FilesRequestSessionExpiresFieldEvent {
        field: '$.session.expires';
        value: bigint;
    }
    interface FilesRequestSessionSignatureFieldEvent {
        field: '$.session.signature';
        value: Uint8Array;
    }
    interface FilesRequestLeaseIdFieldEvent {
        field: '$.leaseId';
        value: Uint8Array;
    }
    interface FilesRequestPathFieldEvent {
        field: '$.path';
        value: string;
    }
    function encode(obj: Partial<FilesRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FilesRequest>): FilesRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FilesRequest>): Generator<FilesRequestSessionSignerFieldEvent | FilesRequestSessionExpiresFieldEvent | FilesRequestSessionSignatureFieldEvent | FilesRequestLeaseIdFieldEvent | FilesRequestPathFieldEvent>;
}
export interface FilesChunk {
    data: Uint8Array;
    end: boolean;
    error?: WireError;
}
export declare namespace FilesChunk {
    const codec: () => Codec<FilesChunk>;
    interface FilesChunkDataFieldEvent {
        field: '$.data';
        value: Uint8Array;
    }
    interface FilesChunkEndFieldEvent {
        field: '$.end';
        value: boolean;
    }
    interface FilesChunkErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface FilesChunkErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface FilesChunkErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    function encode(obj: Partial<FilesChunk>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FilesChunk>): FilesChunk;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FilesChunk>): Generator<FilesChunkDataFieldEvent | FilesChunkEndFieldEvent | FilesChunkErrorCodeFieldEvent | FilesChunkErrorMessageFieldEvent | FilesChunkErrorFieldFieldEvent>;
}
export interface CountersignedReceipt {
    node: Uint8Array;
    signer: Uint8Array;
    proposal?: WireProposal;
    countersignature: Uint8Array;
    reservation: Uint8Array;
}
export declare namespace CountersignedReceipt {
    const codec: () => Codec<CountersignedReceipt>;
    interface CountersignedReceiptNodeFieldEvent {
        field: '$.node';
        value: Uint8Array;
    }
    interface CountersignedReceiptSignerFieldEvent {
        field: '$.signer';
        value: Uint8Array;
    }
    interface CountersignedReceiptProposalDayFieldEvent {
        field: '$.proposal.day';
        value: number;
    }
    interface CountersignedReceiptProposalSeqFieldEvent {
        field: '$.proposal.seq';
        value: number;
    }
    interface CountersignedReceiptProposalBlockFieldEvent {
        field: '$.proposal.block';
        value: bigint;
    }
    interface CountersignedReceiptProposalGpuMsFieldEvent {
        field: '$.proposal.gpuMs';
        value: bigint;
    }
    interface CountersignedReceiptProposalUsedFieldEvent {
        field: '$.proposal.used';
        value: bigint;
    }
    interface CountersignedReceiptProposalAmountFieldEvent {
        field: '$.proposal.amount';
        value: bigint;
    }
    interface CountersignedReceiptProposalTreeSizeFieldEvent {
        field: '$.proposal.treeSize';
        value: number;
    }
    interface CountersignedReceiptProposalTreeRootFieldEvent {
        field: '$.proposal.treeRoot';
        value: Uint8Array;
    }
    interface CountersignedReceiptProposalPreviousDayRecordsHashFieldEvent {
        field: '$.proposal.previousDayRecordsHash';
        value: Uint8Array;
    }
    interface CountersignedReceiptProposalTermsLeaseNoFieldEvent {
        field: '$.proposal.terms[].leaseNo';
        value: number;
        index: number;
    }
    interface CountersignedReceiptProposalTermsPublicTermsHashFieldEvent {
        field: '$.proposal.terms[].publicTermsHash';
        value: Uint8Array;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsBlockFieldEvent {
        field: '$.proposal.records[].block';
        value: bigint;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsLeaseNoFieldEvent {
        field: '$.proposal.records[].leaseNo';
        value: number;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsCumulativeMsFieldEvent {
        field: '$.proposal.records[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsAmountFieldEvent {
        field: '$.proposal.records[].amount';
        value: bigint;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsRequestsFieldEvent {
        field: '$.proposal.records[].requests';
        value: number;
        index: number;
    }
    interface CountersignedReceiptProposalRecordsTokensFieldEvent {
        field: '$.proposal.records[].tokens';
        value: bigint;
        index: number;
    }
    interface CountersignedReceiptProposalNodeSignatureFieldEvent {
        field: '$.proposal.nodeSignature';
        value: Uint8Array;
    }
    interface CountersignedReceiptCountersignatureFieldEvent {
        field: '$.countersignature';
        value: Uint8Array;
    }
    interface CountersignedReceiptReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    function encode(obj: Partial<CountersignedReceipt>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CountersignedReceipt>): CountersignedReceipt;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CountersignedReceipt>): Generator<CountersignedReceiptNodeFieldEvent | CountersignedReceiptSignerFieldEvent | CountersignedReceiptProposalDayFieldEvent | CountersignedReceiptProposalSeqFieldEvent | CountersignedReceiptProposalBlockFieldEvent | CountersignedReceiptProposalGpuMsFieldEvent | CountersignedReceiptProposalUsedFieldEvent | CountersignedReceiptProposalAmountFieldEvent | CountersignedReceiptProposalTreeSizeFieldEvent | CountersignedReceiptProposalTreeRootFieldEvent | CountersignedReceiptProposalPreviousDayRecordsHashFieldEvent | CountersignedReceiptProposalTermsLeaseNoFieldEvent | CountersignedReceiptProposalTermsPublicTermsHashFieldEvent | CountersignedReceiptProposalRecordsBlockFieldEvent | CountersignedReceiptProposalRecordsLeaseNoFieldEvent | CountersignedReceiptProposalRecordsCumulativeMsFieldEvent | CountersignedReceiptProposalRecordsAmountFieldEvent | CountersignedReceiptProposalRecordsRequestsFieldEvent | CountersignedReceiptProposalRecordsTokensFieldEvent | CountersignedReceiptProposalNodeSignatureFieldEvent | CountersignedReceiptCountersignatureFieldEvent | CountersignedReceiptReservationFieldEvent>;
}
export interface RecordsRequest {
    submit: CountersignedReceipt[];
}
export declare namespace RecordsRequest {
    const codec: () => Codec<RecordsRequest>;
    interface RecordsRequestSubmitNodeFieldEvent {
        field: '$.submit[].node';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitSignerFieldEvent {
        field: '$.submit[].signer';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitProposalDayFieldEvent {
        field: '$.submit[].proposal.day';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalSeqFieldEvent {
        field: '$.submit[].proposal.seq';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalBlockFieldEvent {
        field: '$.submit[].proposal.block';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalGpuMsFieldEvent {
        field: '$.submit[].proposal.gpuMs';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalUsedFieldEvent {
        field: '$.submit[].proposal.used';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalAmountFieldEvent {
        field: '$.submit[].proposal.amount';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalTreeSizeFieldEvent {
        field: '$.submit[].proposal.treeSize';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalTreeRootFieldEvent {
        field: '$.submit[].proposal.treeRoot';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitProposalPreviousDayRecordsHashFieldEvent {
        field: '$.submit[].proposal.previousDayRecordsHash';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitProposalTermsLeaseNoFieldEvent {
        field: '$.submit[].proposal.terms[].leaseNo';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalTermsPublicTermsHashFieldEvent {
        field: '$.submit[].proposal.terms[].publicTermsHash';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsBlockFieldEvent {
        field: '$.submit[].proposal.records[].block';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsLeaseNoFieldEvent {
        field: '$.submit[].proposal.records[].leaseNo';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsCumulativeMsFieldEvent {
        field: '$.submit[].proposal.records[].cumulativeMs';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsAmountFieldEvent {
        field: '$.submit[].proposal.records[].amount';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsRequestsFieldEvent {
        field: '$.submit[].proposal.records[].requests';
        value: number;
        index: number;
    }
    interface RecordsRequestSubmitProposalRecordsTokensFieldEvent {
        field: '$.submit[].proposal.records[].tokens';
        value: bigint;
        index: number;
    }
    interface RecordsRequestSubmitProposalNodeSignatureFieldEvent {
        field: '$.submit[].proposal.nodeSignature';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitCountersignatureFieldEvent {
        field: '$.submit[].countersignature';
        value: Uint8Array;
        index: number;
    }
    interface RecordsRequestSubmitReservationFieldEvent {
        field: '$.submit[].reservation';
        value: Uint8Array;
        index: number;
    }
    function encode(obj: Partial<RecordsRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsRequest>): RecordsRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsRequest>): Generator<RecordsRequestSubmitNodeFieldEvent | RecordsRequestSubmitSignerFieldEvent | RecordsRequestSubmitProposalDayFieldEvent | RecordsRequestSubmitProposalSeqFieldEvent | RecordsRequestSubmitProposalBlockFieldEvent | RecordsRequestSubmitProposalGpuMsFieldEvent | RecordsRequestSubmitProposalUsedFieldEvent | RecordsRequestSubmitProposalAmountFieldEvent | RecordsRequestSubmitProposalTreeSizeFieldEvent | RecordsRequestSubmitProposalTreeRootFieldEvent | RecordsRequestSubmitProposalPreviousDayRecordsHashFieldEvent | RecordsRequestSubmitProposalTermsLeaseNoFieldEvent | RecordsRequestSubmitProposalTermsPublicTermsHashFieldEvent | RecordsRequestSubmitProposalRecordsBlockFieldEvent | RecordsRequestSubmitProposalRecordsLeaseNoFieldEvent | RecordsRequestSubmitProposalRecordsCumulativeMsFieldEvent | RecordsRequestSubmitProposalRecordsAmountFieldEvent | RecordsRequestSubmitProposalRecordsRequestsFieldEvent | RecordsRequestSubmitProposalRecordsTokensFieldEvent | RecordsRequestSubmitProposalNodeSignatureFieldEvent | RecordsRequestSubmitCountersignatureFieldEvent | RecordsRequestSubmitReservationFieldEvent>;
}
export interface RecordsResponse {
    accepted: number;
    error?: WireError;
}
export declare namespace RecordsResponse {
    const codec: () => Codec<RecordsResponse>;
    interface RecordsResponseAcceptedFieldEvent {
        field: '$.accepted';
        value: number;
    }
    interface RecordsResponseErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface RecordsResponseErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface RecordsResponseErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    function encode(obj: Partial<RecordsResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsResponse>): RecordsResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RecordsResponse>): Generator<RecordsResponseAcceptedFieldEvent | RecordsResponseErrorCodeFieldEvent | RecordsResponseErrorMessageFieldEvent | RecordsResponseErrorFieldFieldEvent>;
}
export interface ReservationQuoteRequest {
    tenant: Uint8Array;
    class: string;
    gpus: number;
    startDay: number;
    term: number;
}
export declare namespace ReservationQuoteRequest {
    const codec: () => Codec<ReservationQuoteRequest>;
    interface ReservationQuoteRequestTenantFieldEvent {
        field: '$.tenant';
        value: Uint8Array;
    }
    interface ReservationQuoteRequestClassFieldEvent {
        field: '$.class';
        value: string;
    }
    interface ReservationQuoteRequestGpusFieldEvent {
        field: '$.gpus';
        value: number;
    }
    interface ReservationQuoteRequestStartDayFieldEvent {
        field: '$.startDay';
        value: number;
    }
    interface ReservationQuoteRequestTermFieldEvent {
        field: '$.term';
        value: number;
    }
    function encode(obj: Partial<ReservationQuoteRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationQuoteRequest>): ReservationQuoteRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationQuoteRequest>): Generator<ReservationQuoteRequestTenantFieldEvent | ReservationQuoteRequestClassFieldEvent | ReservationQuoteRequestGpusFieldEvent | ReservationQuoteRequestStartDayFieldEvent | ReservationQuoteRequestTermFieldEvent>;
}
export interface SignedReservationQuote {
    node: Uint8Array;
    tenant: Uint8Array;
    class: string;
    gpus: number;
    startDay: number;
    term: number;
    pricePerDay: bigint;
    listPricePerDay: bigint;
    collateralBps: number;
    cancelFeeBps: number;
    claimPeriod: number;
    expires: bigint;
    nonce: Uint8Array;
    signature: Uint8Array;
}
export declare namespace SignedReservationQuote {
    const codec: () => Codec<SignedReservationQuote>;
    interface SignedReservationQuoteNodeFieldEvent {
        field: '$.node';
        value: Uint8Array;
    }
    interface SignedReservationQuoteTenantFieldEvent {
        field: '$.tenant';
        value: Uint8Array;
    }
    interface SignedReservationQuoteClassFieldEvent {
        field: '$.class';
        value: string;
    }
    interface SignedReservationQuoteGpusFieldEvent {
        field: '$.gpus';
        value: number;
    }
    interface SignedReservationQuoteStartDayFieldEvent {
        field: '$.startDay';
        value: number;
    }
    interface SignedReservationQuoteTermFieldEvent {
        field: '$.term';
        value: number;
    }
    interface SignedReservationQuotePricePerDayFieldEvent {
        field: '$.pricePerDay';
        value: bigint;
    }
    interface SignedReservationQuoteListPricePerDayFieldEvent {
        field: '$.listPricePerDay';
        value: bigint;
    }
    interface SignedReservationQuoteCollateralBpsFieldEvent {
        field: '$.collateralBps';
        value: number;
    }
    interface SignedReservationQuoteCancelFeeBpsFieldEvent {
        field: '$.cancelFeeBps';
        value: number;
    }
    interface SignedReservationQuoteClaimPeriodFieldEvent {
        field: '$.claimPeriod';
        value: number;
    }
    interface SignedReservationQuoteExpiresFieldEvent {
        field: '$.expires';
        value: bigint;
    }
    interface SignedReservationQuoteNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    interface SignedReservationQuoteSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SignedReservationQuote>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedReservationQuote>): SignedReservationQuote;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedReservationQuote>): Generator<SignedReservationQuoteNodeFieldEvent | SignedReservationQuoteTenantFieldEvent | SignedReservationQuoteClassFieldEvent | SignedReservationQuoteGpusFieldEvent | SignedReservationQuoteStartDayFieldEvent | SignedReservationQuoteTermFieldEvent | SignedReservationQuotePricePerDayFieldEvent | SignedReservationQuoteListPricePerDayFieldEvent | SignedReservationQuoteCollateralBpsFieldEvent | SignedReservationQuoteCancelFeeBpsFieldEvent | SignedReservationQuoteClaimPeriodFieldEvent | SignedReservationQuoteExpiresFieldEvent | SignedReservationQuoteNonceFieldEvent | SignedReservationQuoteSignatureFieldEvent>;
}
export interface SignedDayClaim {
    reservation: Uint8Array;
    firstDay: number;
    served: Uint8Array;
    signature: Uint8Array;
}
export declare namespace SignedDayClaim {
    const codec: () => Codec<SignedDayClaim>;
    interface SignedDayClaimReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    interface SignedDayClaimFirstDayFieldEvent {
        field: '$.firstDay';
        value: number;
    }
    interface SignedDayClaimServedFieldEvent {
        field: '$.served';
        value: Uint8Array;
    }
    interface SignedDayClaimSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SignedDayClaim>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedDayClaim>): SignedDayClaim;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedDayClaim>): Generator<SignedDayClaimReservationFieldEvent | SignedDayClaimFirstDayFieldEvent | SignedDayClaimServedFieldEvent | SignedDayClaimSignatureFieldEvent>;
}
export interface ReservationRef {
    reservation: Uint8Array;
}
export declare namespace ReservationRef {
    const codec: () => Codec<ReservationRef>;
    interface ReservationRefReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    function encode(obj: Partial<ReservationRef>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationRef>): ReservationRef;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationRef>): Generator<ReservationRefReservationFieldEvent>;
}
export interface ReservationCancelRequest {
    session?: SessionProof;
    reservation: Uint8Array;
    firstDay: number;
}
export declare namespace ReservationCancelRequest {
    const codec: () => Codec<ReservationCancelRequest>;
    interface ReservationCancelRequestSessionSignerFieldEvent {
        field: '$.session.signer';
        value: Uint8Array;
    }
    interface ReservationCancelRequestSessionExpiresFieldEvent {
        field: '$.session.expires';
        value: bigint;
    }
    interface ReservationCancelRequestSessionSignatureFieldEvent {
        field: '$.session.signature';
        value: Uint8Array;
    }
    interface ReservationCancelRequestReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    interface ReservationCancelRequestFirstDayFieldEvent {
        field: '$.firstDay';
        value: number;
    }
    function encode(obj: Partial<ReservationCancelRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationCancelRequest>): ReservationCancelRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationCancelRequest>): Generator<ReservationCancelRequestSessionSignerFieldEvent | ReservationCancelRequestSessionExpiresFieldEvent | ReservationCancelRequestSessionSignatureFieldEvent | ReservationCancelRequestReservationFieldEvent | ReservationCancelRequestFirstDayFieldEvent>;
}
export interface SignedReservationCancel {
    reservation: Uint8Array;
    firstDay: number;
    operatorBps: number;
    deadline: bigint;
    signature: Uint8Array;
}
export declare namespace SignedReservationCancel {
    const codec: () => Codec<SignedReservationCancel>;
    interface SignedReservationCancelReservationFieldEvent {
        field: '$.reservation';
        value: Uint8Array;
    }
    interface SignedReservationCancelFirstDayFieldEvent {
        field: '$.firstDay';
        value: number;
    }
    interface SignedReservationCancelOperatorBpsFieldEvent {
        field: '$.operatorBps';
        value: number;
    }
    interface SignedReservationCancelDeadlineFieldEvent {
        field: '$.deadline';
        value: bigint;
    }
    interface SignedReservationCancelSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<SignedReservationCancel>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedReservationCancel>): SignedReservationCancel;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedReservationCancel>): Generator<SignedReservationCancelReservationFieldEvent | SignedReservationCancelFirstDayFieldEvent | SignedReservationCancelOperatorBpsFieldEvent | SignedReservationCancelDeadlineFieldEvent | SignedReservationCancelSignatureFieldEvent>;
}
export interface ReservationRequest {
    quote?: ReservationQuoteRequest;
    claim?: SignedDayClaim;
    status?: ReservationRef;
    cancel?: ReservationCancelRequest;
}
export declare namespace ReservationRequest {
    const codec: () => Codec<ReservationRequest>;
    interface ReservationRequestQuoteTenantFieldEvent {
        field: '$.quote.tenant';
        value: Uint8Array;
    }
    interface ReservationRequestQuoteClassFieldEvent {
        field: '$.quote.class';
        value: string;
    }
    interface ReservationRequestQuoteGpusFieldEvent {
        field: '$.quote.gpus';
        value: number;
    }
    interface ReservationRequestQuoteStartDayFieldEvent {
        field: '$.quote.startDay';
        value: number;
    }
    interface ReservationRequestQuoteTermFieldEvent {
        field: '$.quote.term';
        value: number;
    }
    interface ReservationRequestClaimReservationFieldEvent {
        field: '$.claim.reservation';
        value: Uint8Array;
    }
    interface ReservationRequestClaimFirstDayFieldEvent {
        field: '$.claim.firstDay';
        value: number;
    }
    interface ReservationRequestClaimServedFieldEvent {
        field: '$.claim.served';
        value: Uint8Array;
    }
    interface ReservationRequestClaimSignatureFieldEvent {
        field: '$.claim.signature';
        value: Uint8Array;
    }
    interface ReservationRequestStatusReservationFieldEvent {
        field: '$.status.reservation';
        value: Uint8Array;
    }
    interface ReservationRequestCancelSessionSignerFieldEvent {
        field: '$.cancel.session.signer';
        value: Uint8Array;
    }
    interface ReservationRequestCancelSessionExpiresFieldEvent {
        field: '$.cancel.session.expires';
        value: bigint;
    }
    interface ReservationRequestCancelSessionSignatureFieldEvent {
        field: '$.cancel.session.signature';
        value: Uint8Array;
    }
    interface ReservationRequestCancelReservationFieldEvent {
        field: '$.cancel.reservation';
        value: Uint8Array;
    }
    interface ReservationRequestCancelFirstDayFieldEvent {
        field: '$.cancel.firstDay';
        value: number;
    }
    function encode(obj: Partial<ReservationRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationRequest>): ReservationRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationRequest>): Generator<ReservationRequestQuoteTenantFieldEvent | ReservationRequestQuoteClassFieldEvent | ReservationRequestQuoteGpusFieldEvent | ReservationRequestQuoteStartDayFieldEvent | ReservationRequestQuoteTermFieldEvent | ReservationRequestClaimReservationFieldEvent | ReservationRequestClaimFirstDayFieldEvent | ReservationRequestClaimServedFieldEvent | ReservationRequestClaimSignatureFieldEvent | ReservationRequestStatusReservationFieldEvent | ReservationRequestCancelSessionSignerFieldEvent | ReservationRequestCancelSessionExpiresFieldEvent | ReservationRequestCancelSessionSignatureFieldEvent | ReservationRequestCancelReservationFieldEvent | ReservationRequestCancelFirstDayFieldEvent>;
}
export interface ReservationStatus {
    ready: boolean;
    reason: string;
    freeGpus: number;
    unheardDay: number;
}
export declare namespace ReservationStatus {
    const codec: () => Codec<ReservationStatus>;
    interface ReservationStatusReadyFieldEvent {
        field: '$.ready';
        value: boolean;
    }
    interface ReservationStatusReasonFieldEvent {
        field: '$.reason';
        value: string;
    }
    interface ReservationStatusFreeGpusFieldEvent {
        field: '$.freeGpus';
        value: number;
    }
    interface ReservationStatusUnheardDayFieldEvent {
        field: '$.unheardDay';
        value: number;
    }
    function encode(obj: Partial<ReservationStatus>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationStatus>): ReservationStatus;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationStatus>): Generator<ReservationStatusReadyFieldEvent | ReservationStatusReasonFieldEvent | ReservationStatusFreeGpusFieldEvent | ReservationStatusUnheardDayFieldEvent>;
}
export interface ReservationResponse {
    error?: WireError;
    quote?: SignedReservationQuote;
    status?: ReservationStatus;
    cancel?: SignedReservationCancel;
}
export declare namespace ReservationResponse {
    const codec: () => Codec<ReservationResponse>;
    interface ReservationResponseErrorCodeFieldEvent {
        field: '$.error.code';
        value: string;
    }
    interface ReservationResponseErrorMessageFieldEvent {
        field: '$.error.message';
        value: string;
    }
    interface ReservationResponseErrorFieldFieldEvent {
        field: '$.error.field';
        value: string;
    }
    interface ReservationResponseQuoteNodeFieldEvent {
        field: '$.quote.node';
        value: Uint8Array;
    }
    interface ReservationResponseQuoteTenantFieldEvent {
        field: '$.quote.tenant';
        value: Uint8Array;
    }
    interface ReservationResponseQuoteClassFieldEvent {
        field: '$.quote.class';
        value: string;
    }
    interface ReservationResponseQuoteGpusFieldEvent {
        field: '$.quote.gpus';
        value: number;
    }
    interface ReservationResponseQuoteStartDayFieldEvent {
        field: '$.quote.startDay';
        value: number;
    }
    interface ReservationResponseQuoteTermFieldEvent {
        field: '$.quote.term';
        value: number;
    }
    interface ReservationResponseQuotePricePerDayFieldEvent {
        field: '$.quote.pricePerDay';
        value: bigint;
    }
    interface ReservationResponseQuoteListPricePerDayFieldEvent {
        field: '$.quote.listPricePerDay';
        value: bigint;
    }
    interface ReservationResponseQuoteCollateralBpsFieldEvent {
        field: '$.quote.collateralBps';
        value: number;
    }
    interface ReservationResponseQuoteCancelFeeBpsFieldEvent {
        field: '$.quote.cancelFeeBps';
        value: number;
    }
    interface ReservationResponseQuoteClaimPeriodFieldEvent {
        field: '$.quote.claimPeriod';
        value: number;
    }
    interface ReservationResponseQuoteExpiresFieldEvent {
        field: '$.quote.expires';
        value: bigint;
    }
    interface ReservationResponseQuoteNonceFieldEvent {
        field: '$.quote.nonce';
        value: Uint8Array;
    }
    interface ReservationResponseQuoteSignatureFieldEvent {
        field: '$.quote.signature';
        value: Uint8Array;
    }
    interface ReservationResponseStatusReadyFieldEvent {
        field: '$.status.ready';
        value: boolean;
    }
    interface ReservationResponseStatusReasonFieldEvent {
        field: '$.status.reason';
        value: string;
    }
    interface ReservationResponseStatusFreeGpusFieldEvent {
        field: '$.status.freeGpus';
        value: number;
    }
    interface ReservationResponseStatusUnheardDayFieldEvent {
        field: '$.status.unheardDay';
        value: number;
    }
    interface ReservationResponseCancelReservationFieldEvent {
        field: '$.cancel.reservation';
        value: Uint8Array;
    }
    interface ReservationResponseCancelFirstDayFieldEvent {
        field: '$.cancel.firstDay';
        value: number;
    }
    interface ReservationResponseCancelOperatorBpsFieldEvent {
        field: '$.cancel.operatorBps';
        value: number;
    }
    interface ReservationResponseCancelDeadlineFieldEvent {
        field: '$.cancel.deadline';
        value: bigint;
    }
    interface ReservationResponseCancelSignatureFieldEvent {
        field: '$.cancel.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<ReservationResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationResponse>): ReservationResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReservationResponse>): Generator<ReservationResponseErrorCodeFieldEvent | ReservationResponseErrorMessageFieldEvent | ReservationResponseErrorFieldFieldEvent | ReservationResponseQuoteNodeFieldEvent | ReservationResponseQuoteTenantFieldEvent | ReservationResponseQuoteClassFieldEvent | ReservationResponseQuoteGpusFieldEvent | ReservationResponseQuoteStartDayFieldEvent | ReservationResponseQuoteTermFieldEvent | ReservationResponseQuotePricePerDayFieldEvent | ReservationResponseQuoteListPricePerDayFieldEvent | ReservationResponseQuoteCollateralBpsFieldEvent | ReservationResponseQuoteCancelFeeBpsFieldEvent | ReservationResponseQuoteClaimPeriodFieldEvent | ReservationResponseQuoteExpiresFieldEvent | ReservationResponseQuoteNonceFieldEvent | ReservationResponseQuoteSignatureFieldEvent | ReservationResponseStatusReadyFieldEvent | ReservationResponseStatusReasonFieldEvent | ReservationResponseStatusFreeGpusFieldEvent | ReservationResponseStatusUnheardDayFieldEvent | ReservationResponseCancelReservationFieldEvent | ReservationResponseCancelFirstDayFieldEvent | ReservationResponseCancelOperatorBpsFieldEvent | ReservationResponseCancelDeadlineFieldEvent | ReservationResponseCancelSignatureFieldEvent>;
}
