// Generated from messages.proto by generate-wire.mjs. Do not edit.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var WireError;
(function (WireError) {
    let _codec;
    WireError.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.code != null && obj.code !== '')) {
                    w.uint32(10);
                    w.string(obj.code);
                }
                if ((obj.message != null && obj.message !== '')) {
                    w.uint32(18);
                    w.string(obj.message);
                }
                if ((obj.field != null && obj.field !== '')) {
                    w.uint32(26);
                    w.string(obj.field);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    code: '',
                    message: '',
                    field: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.code = reader.string();
                            break;
                        }
                        case 2: {
                            obj.message = reader.string();
                            break;
                        }
                        case 3: {
                            obj.field = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.code`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.message`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.field`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, WireError.codec());
    }
    WireError.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WireError.codec(), opts);
    }
    WireError.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WireError.codec(), opts);
    }
    WireError.stream = stream;
})(WireError || (WireError = {}));
export var SessionProof;
(function (SessionProof) {
    let _codec;
    SessionProof.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.signer != null && obj.signer.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.signer);
                }
                if ((obj.expires != null && obj.expires !== 0n)) {
                    w.uint32(16);
                    w.uint64(obj.expires);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    signer: uint8ArrayAlloc(0),
                    expires: 0n,
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.signer = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.expires = reader.uint64();
                            break;
                        }
                        case 3: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.signer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.expires`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SessionProof.codec());
    }
    SessionProof.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SessionProof.codec(), opts);
    }
    SessionProof.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SessionProof.codec(), opts);
    }
    SessionProof.stream = stream;
})(SessionProof || (SessionProof = {}));
export var QuoteRequest;
(function (QuoteRequest) {
    let _codec;
    QuoteRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.tenant != null && obj.tenant.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.tenant);
                }
                if ((obj.class != null && obj.class !== '')) {
                    w.uint32(18);
                    w.string(obj.class);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.count);
                }
                if ((obj.image != null && obj.image !== '')) {
                    w.uint32(34);
                    w.string(obj.image);
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.reservation);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    tenant: uint8ArrayAlloc(0),
                    class: '',
                    count: 0,
                    image: '',
                    reservation: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.tenant = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.class = reader.string();
                            break;
                        }
                        case 3: {
                            obj.count = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.image = reader.string();
                            break;
                        }
                        case 5: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.tenant`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.class`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.image`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, QuoteRequest.codec());
    }
    QuoteRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, QuoteRequest.codec(), opts);
    }
    QuoteRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, QuoteRequest.codec(), opts);
    }
    QuoteRequest.stream = stream;
})(QuoteRequest || (QuoteRequest = {}));
export var SignedQuote;
(function (SignedQuote) {
    let _codec;
    SignedQuote.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.node != null && obj.node.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.node);
                }
                if ((obj.tenant != null && obj.tenant.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.tenant);
                }
                if ((obj.class != null && obj.class !== '')) {
                    w.uint32(26);
                    w.string(obj.class);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.count);
                }
                if ((obj.price != null && obj.price !== 0n)) {
                    w.uint32(40);
                    w.uint64(obj.price);
                }
                if ((obj.meter != null && obj.meter !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.meter);
                }
                if ((obj.window != null && obj.window !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.window);
                }
                if ((obj.pause != null && obj.pause !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.pause);
                }
                if ((obj.stop != null && obj.stop !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.stop);
                }
                if ((obj.idle != null && obj.idle !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.idle);
                }
                if ((obj.startPrice != null && obj.startPrice !== 0n)) {
                    w.uint32(88);
                    w.uint64(obj.startPrice);
                }
                if ((obj.pullLimit != null && obj.pullLimit !== 0n)) {
                    w.uint32(96);
                    w.uint64(obj.pullLimit);
                }
                if ((obj.volumePrice != null && obj.volumePrice !== 0n)) {
                    w.uint32(104);
                    w.uint64(obj.volumePrice);
                }
                if ((obj.retention != null && obj.retention !== 0)) {
                    w.uint32(112);
                    w.uint32(obj.retention);
                }
                if ((obj.expires != null && obj.expires !== 0n)) {
                    w.uint32(120);
                    w.uint64(obj.expires);
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(130);
                    w.bytes(obj.nonce);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(138);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    node: uint8ArrayAlloc(0),
                    tenant: uint8ArrayAlloc(0),
                    class: '',
                    count: 0,
                    price: 0n,
                    meter: 0,
                    window: 0,
                    pause: 0,
                    stop: 0,
                    idle: 0,
                    startPrice: 0n,
                    pullLimit: 0n,
                    volumePrice: 0n,
                    retention: 0,
                    expires: 0n,
                    nonce: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.node = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.tenant = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.class = reader.string();
                            break;
                        }
                        case 4: {
                            obj.count = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.price = reader.uint64();
                            break;
                        }
                        case 6: {
                            obj.meter = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.window = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.pause = reader.uint32();
                            break;
                        }
                        case 9: {
                            obj.stop = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.idle = reader.uint32();
                            break;
                        }
                        case 11: {
                            obj.startPrice = reader.uint64();
                            break;
                        }
                        case 12: {
                            obj.pullLimit = reader.uint64();
                            break;
                        }
                        case 13: {
                            obj.volumePrice = reader.uint64();
                            break;
                        }
                        case 14: {
                            obj.retention = reader.uint32();
                            break;
                        }
                        case 15: {
                            obj.expires = reader.uint64();
                            break;
                        }
                        case 16: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        case 17: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.node`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.tenant`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.class`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.price`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.meter`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.window`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.pause`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.stop`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.idle`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.startPrice`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.pullLimit`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 13: {
                            yield {
                                field: `${prefix}.volumePrice`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 14: {
                            yield {
                                field: `${prefix}.retention`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 15: {
                            yield {
                                field: `${prefix}.expires`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 16: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 17: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SignedQuote.codec());
    }
    SignedQuote.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SignedQuote.codec(), opts);
    }
    SignedQuote.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SignedQuote.codec(), opts);
    }
    SignedQuote.stream = stream;
})(SignedQuote || (SignedQuote = {}));
export var QuoteResponse;
(function (QuoteResponse) {
    let _codec;
    QuoteResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.quote != null) {
                    w.uint32(10);
                    SignedQuote.codec().encode(obj.quote, w);
                }
                if (obj.error != null) {
                    w.uint32(18);
                    WireError.codec().encode(obj.error, w);
                }
                if ((obj.freeUnits != null && obj.freeUnits !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.freeUnits);
                }
                if ((obj.imagePresent != null && obj.imagePresent !== false)) {
                    w.uint32(32);
                    w.bool(obj.imagePresent);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    freeUnits: 0,
                    imagePresent: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.quote = SignedQuote.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 2: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 3: {
                            obj.freeUnits = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.imagePresent = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SignedQuote.codec().stream(reader, reader.uint32(), `${prefix}.quote`, {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 2: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.freeUnits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.imagePresent`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, QuoteResponse.codec());
    }
    QuoteResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, QuoteResponse.codec(), opts);
    }
    QuoteResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, QuoteResponse.codec(), opts);
    }
    QuoteResponse.stream = stream;
})(QuoteResponse || (QuoteResponse = {}));
export var LeaseOpen;
(function (LeaseOpen) {
    let _codec;
    LeaseOpen.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.leaseNo != null && obj.leaseNo !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.leaseNo);
                }
                if ((obj.start != null && obj.start !== 0n)) {
                    w.uint32(16);
                    w.uint64(obj.start);
                }
                if ((obj.clientId != null && obj.clientId.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.clientId);
                }
                if ((obj.privateTerms != null && obj.privateTerms !== '')) {
                    w.uint32(34);
                    w.string(obj.privateTerms);
                }
                if (obj.quote != null) {
                    w.uint32(42);
                    SignedQuote.codec().encode(obj.quote, w);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseNo: 0,
                    start: 0n,
                    clientId: uint8ArrayAlloc(0),
                    privateTerms: '',
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.leaseNo = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.start = reader.uint64();
                            break;
                        }
                        case 3: {
                            obj.clientId = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.privateTerms = reader.string();
                            break;
                        }
                        case 5: {
                            obj.quote = SignedQuote.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 6: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.leaseNo`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.start`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.clientId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.privateTerms`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield* SignedQuote.codec().stream(reader, reader.uint32(), `${prefix}.quote`, {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseOpen.codec());
    }
    LeaseOpen.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseOpen.codec(), opts);
    }
    LeaseOpen.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseOpen.codec(), opts);
    }
    LeaseOpen.stream = stream;
})(LeaseOpen || (LeaseOpen = {}));
export var LeaseRef;
(function (LeaseRef) {
    let _codec;
    LeaseRef.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.leaseId != null && obj.leaseId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.leaseId);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseId: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.leaseId = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.leaseId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseRef.codec());
    }
    LeaseRef.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseRef.codec(), opts);
    }
    LeaseRef.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseRef.codec(), opts);
    }
    LeaseRef.stream = stream;
})(LeaseRef || (LeaseRef = {}));
export var CloseRequest;
(function (CloseRequest) {
    let _codec;
    CloseRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.deadline != null && obj.deadline !== 0n)) {
                    w.uint32(8);
                    w.uint64(obj.deadline);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    deadline: 0n
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.deadline = reader.uint64();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.deadline`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CloseRequest.codec());
    }
    CloseRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CloseRequest.codec(), opts);
    }
    CloseRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CloseRequest.codec(), opts);
    }
    CloseRequest.stream = stream;
})(CloseRequest || (CloseRequest = {}));
export var LeaseList;
(function (LeaseList) {
    let _codec;
    LeaseList.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseList.codec());
    }
    LeaseList.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseList.codec(), opts);
    }
    LeaseList.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseList.codec(), opts);
    }
    LeaseList.stream = stream;
})(LeaseList || (LeaseList = {}));
export var LeaseRequest;
(function (LeaseRequest) {
    let _codec;
    LeaseRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.session != null) {
                    w.uint32(10);
                    SessionProof.codec().encode(obj.session, w);
                }
                if (obj.open != null) {
                    w.uint32(18);
                    LeaseOpen.codec().encode(obj.open, w);
                }
                if (obj.stop != null) {
                    w.uint32(26);
                    LeaseRef.codec().encode(obj.stop, w);
                }
                if (obj.status != null) {
                    w.uint32(34);
                    LeaseRef.codec().encode(obj.status, w);
                }
                if (obj.watch != null) {
                    w.uint32(42);
                    LeaseRef.codec().encode(obj.watch, w);
                }
                if (obj.resume != null) {
                    w.uint32(50);
                    LeaseRef.codec().encode(obj.resume, w);
                }
                if (obj.list != null) {
                    w.uint32(58);
                    LeaseList.codec().encode(obj.list, w);
                }
                if (obj.close != null) {
                    w.uint32(66);
                    CloseRequest.codec().encode(obj.close, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.session = SessionProof.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            obj.open = LeaseOpen.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.open
                            });
                            break;
                        }
                        case 3: {
                            obj.stop = LeaseRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.stop
                            });
                            break;
                        }
                        case 4: {
                            obj.status = LeaseRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 5: {
                            obj.watch = LeaseRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.watch
                            });
                            break;
                        }
                        case 6: {
                            obj.resume = LeaseRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.resume
                            });
                            break;
                        }
                        case 7: {
                            obj.list = LeaseList.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.list
                            });
                            break;
                        }
                        case 8: {
                            obj.close = CloseRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.close
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SessionProof.codec().stream(reader, reader.uint32(), `${prefix}.session`, {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            yield* LeaseOpen.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                                limits: opts.limits?.open
                            });
                            break;
                        }
                        case 3: {
                            yield* LeaseRef.codec().stream(reader, reader.uint32(), `${prefix}.stop`, {
                                limits: opts.limits?.stop
                            });
                            break;
                        }
                        case 4: {
                            yield* LeaseRef.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 5: {
                            yield* LeaseRef.codec().stream(reader, reader.uint32(), `${prefix}.watch`, {
                                limits: opts.limits?.watch
                            });
                            break;
                        }
                        case 6: {
                            yield* LeaseRef.codec().stream(reader, reader.uint32(), `${prefix}.resume`, {
                                limits: opts.limits?.resume
                            });
                            break;
                        }
                        case 7: {
                            yield* LeaseList.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                                limits: opts.limits?.list
                            });
                            break;
                        }
                        case 8: {
                            yield* CloseRequest.codec().stream(reader, reader.uint32(), `${prefix}.close`, {
                                limits: opts.limits?.close
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseRequest.codec());
    }
    LeaseRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseRequest.codec(), opts);
    }
    LeaseRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseRequest.codec(), opts);
    }
    LeaseRequest.stream = stream;
})(LeaseRequest || (LeaseRequest = {}));
export var LeaseStatus;
(function (LeaseStatus) {
    let _codec;
    LeaseStatus.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.leaseId != null && obj.leaseId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.leaseId);
                }
                if ((obj.leaseNo != null && obj.leaseNo !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.leaseNo);
                }
                if ((obj.state != null && obj.state !== '')) {
                    w.uint32(26);
                    w.string(obj.state);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(34);
                    w.string(obj.reason);
                }
                if ((obj.exited != null && obj.exited !== false)) {
                    w.uint32(40);
                    w.bool(obj.exited);
                }
                if ((obj.exitCode != null && obj.exitCode !== 0)) {
                    w.uint32(48);
                    w.int32(obj.exitCode);
                }
                if ((obj.detail != null && obj.detail !== '')) {
                    w.uint32(58);
                    w.string(obj.detail);
                }
                if ((obj.activeMs != null && obj.activeMs !== 0n)) {
                    w.uint32(64);
                    w.uint64(obj.activeMs);
                }
                if ((obj.pulledBytes != null && obj.pulledBytes !== 0n)) {
                    w.uint32(72);
                    w.uint64(obj.pulledBytes);
                }
                if ((obj.pullTotalBytes != null && obj.pullTotalBytes !== 0n)) {
                    w.uint32(80);
                    w.uint64(obj.pullTotalBytes);
                }
                if ((obj.imageId != null && obj.imageId !== '')) {
                    w.uint32(90);
                    w.string(obj.imageId);
                }
                if ((obj.unknown != null && obj.unknown !== false)) {
                    w.uint32(96);
                    w.bool(obj.unknown);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseId: uint8ArrayAlloc(0),
                    leaseNo: 0,
                    state: '',
                    reason: '',
                    exited: false,
                    exitCode: 0,
                    detail: '',
                    activeMs: 0n,
                    pulledBytes: 0n,
                    pullTotalBytes: 0n,
                    imageId: '',
                    unknown: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.leaseId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.leaseNo = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.state = reader.string();
                            break;
                        }
                        case 4: {
                            obj.reason = reader.string();
                            break;
                        }
                        case 5: {
                            obj.exited = reader.bool();
                            break;
                        }
                        case 6: {
                            obj.exitCode = reader.int32();
                            break;
                        }
                        case 7: {
                            obj.detail = reader.string();
                            break;
                        }
                        case 8: {
                            obj.activeMs = reader.uint64();
                            break;
                        }
                        case 9: {
                            obj.pulledBytes = reader.uint64();
                            break;
                        }
                        case 10: {
                            obj.pullTotalBytes = reader.uint64();
                            break;
                        }
                        case 11: {
                            obj.imageId = reader.string();
                            break;
                        }
                        case 12: {
                            obj.unknown = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.leaseId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.leaseNo`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.state`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.exited`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.exitCode`,
                                value: reader.int32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.detail`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.activeMs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.pulledBytes`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.pullTotalBytes`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.imageId`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.unknown`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseStatus.codec());
    }
    LeaseStatus.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseStatus.codec(), opts);
    }
    LeaseStatus.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseStatus.codec(), opts);
    }
    LeaseStatus.stream = stream;
})(LeaseStatus || (LeaseStatus = {}));
export var CloseAgreement;
(function (CloseAgreement) {
    let _codec;
    CloseAgreement.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.amount != null && obj.amount !== 0n)) {
                    w.uint32(8);
                    w.uint64(obj.amount);
                }
                if ((obj.deadline != null && obj.deadline !== 0n)) {
                    w.uint32(16);
                    w.uint64(obj.deadline);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    amount: 0n,
                    deadline: 0n,
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.amount = reader.uint64();
                            break;
                        }
                        case 2: {
                            obj.deadline = reader.uint64();
                            break;
                        }
                        case 3: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.amount`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.deadline`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CloseAgreement.codec());
    }
    CloseAgreement.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CloseAgreement.codec(), opts);
    }
    CloseAgreement.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CloseAgreement.codec(), opts);
    }
    CloseAgreement.stream = stream;
})(CloseAgreement || (CloseAgreement = {}));
export var LeaseResponse;
(function (LeaseResponse) {
    let _codec;
    LeaseResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.error != null) {
                    w.uint32(10);
                    WireError.codec().encode(obj.error, w);
                }
                if (obj.leases != null && obj.leases.length > 0) {
                    for (const value of obj.leases) {
                        w.uint32(18);
                        LeaseStatus.codec().encode(value, w);
                    }
                }
                if ((obj.nodeSignature != null && obj.nodeSignature.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.nodeSignature);
                }
                if (obj.close != null) {
                    w.uint32(34);
                    CloseAgreement.codec().encode(obj.close, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leases: [],
                    nodeSignature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 2: {
                            if (opts.limits?.leases != null && obj.leases.length === opts.limits.leases) {
                                throw new MaxLengthError('Decode error - repeated field "leases" had too many elements');
                            }
                            obj.leases.push(LeaseStatus.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.leases$
                            }));
                            break;
                        }
                        case 3: {
                            obj.nodeSignature = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.close = CloseAgreement.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.close
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    leases: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 2: {
                            if (opts.limits?.leases != null && obj.leases === opts.limits.leases) {
                                throw new MaxLengthError('Streaming decode error - repeated field "leases" had too many elements');
                            }
                            for (const evt of LeaseStatus.codec().stream(reader, reader.uint32(), `${prefix}.leases[]`, {
                                limits: opts.limits?.leases$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.leases
                                };
                            }
                            obj.leases++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.nodeSignature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield* CloseAgreement.codec().stream(reader, reader.uint32(), `${prefix}.close`, {
                                limits: opts.limits?.close
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseResponse.codec());
    }
    LeaseResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseResponse.codec(), opts);
    }
    LeaseResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseResponse.codec(), opts);
    }
    LeaseResponse.stream = stream;
})(LeaseResponse || (LeaseResponse = {}));
export var WireTerms;
(function (WireTerms) {
    let _codec;
    WireTerms.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.leaseNo != null && obj.leaseNo !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.leaseNo);
                }
                if ((obj.publicTermsHash != null && obj.publicTermsHash.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.publicTermsHash);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseNo: 0,
                    publicTermsHash: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.leaseNo = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.publicTermsHash = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.leaseNo`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.publicTermsHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, WireTerms.codec());
    }
    WireTerms.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WireTerms.codec(), opts);
    }
    WireTerms.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WireTerms.codec(), opts);
    }
    WireTerms.stream = stream;
})(WireTerms || (WireTerms = {}));
export var WireRecord;
(function (WireRecord) {
    let _codec;
    WireRecord.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.block != null && obj.block !== 0n)) {
                    w.uint32(8);
                    w.uint64(obj.block);
                }
                if ((obj.leaseNo != null && obj.leaseNo !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.leaseNo);
                }
                if ((obj.cumulativeMs != null && obj.cumulativeMs !== 0n)) {
                    w.uint32(24);
                    w.uint64(obj.cumulativeMs);
                }
                if ((obj.amount != null && obj.amount !== 0n)) {
                    w.uint32(32);
                    w.uint64(obj.amount);
                }
                if ((obj.requests != null && obj.requests !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.requests);
                }
                if ((obj.tokens != null && obj.tokens !== 0n)) {
                    w.uint32(48);
                    w.uint64(obj.tokens);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    block: 0n,
                    leaseNo: 0,
                    cumulativeMs: 0n,
                    amount: 0n,
                    requests: 0,
                    tokens: 0n
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.block = reader.uint64();
                            break;
                        }
                        case 2: {
                            obj.leaseNo = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.cumulativeMs = reader.uint64();
                            break;
                        }
                        case 4: {
                            obj.amount = reader.uint64();
                            break;
                        }
                        case 5: {
                            obj.requests = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.tokens = reader.uint64();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.block`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.leaseNo`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.cumulativeMs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.amount`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.requests`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.tokens`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, WireRecord.codec());
    }
    WireRecord.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WireRecord.codec(), opts);
    }
    WireRecord.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WireRecord.codec(), opts);
    }
    WireRecord.stream = stream;
})(WireRecord || (WireRecord = {}));
export var WireProposal;
(function (WireProposal) {
    let _codec;
    WireProposal.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.day != null && obj.day !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.day);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.seq);
                }
                if ((obj.block != null && obj.block !== 0n)) {
                    w.uint32(24);
                    w.uint64(obj.block);
                }
                if ((obj.gpuMs != null && obj.gpuMs !== 0n)) {
                    w.uint32(32);
                    w.uint64(obj.gpuMs);
                }
                if ((obj.used != null && obj.used !== 0n)) {
                    w.uint32(40);
                    w.uint64(obj.used);
                }
                if ((obj.amount != null && obj.amount !== 0n)) {
                    w.uint32(48);
                    w.uint64(obj.amount);
                }
                if ((obj.treeSize != null && obj.treeSize !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.treeSize);
                }
                if ((obj.treeRoot != null && obj.treeRoot.byteLength > 0)) {
                    w.uint32(66);
                    w.bytes(obj.treeRoot);
                }
                if ((obj.previousDayRecordsHash != null && obj.previousDayRecordsHash.byteLength > 0)) {
                    w.uint32(74);
                    w.bytes(obj.previousDayRecordsHash);
                }
                if (obj.terms != null && obj.terms.length > 0) {
                    for (const value of obj.terms) {
                        w.uint32(82);
                        WireTerms.codec().encode(value, w);
                    }
                }
                if (obj.records != null && obj.records.length > 0) {
                    for (const value of obj.records) {
                        w.uint32(90);
                        WireRecord.codec().encode(value, w);
                    }
                }
                if ((obj.nodeSignature != null && obj.nodeSignature.byteLength > 0)) {
                    w.uint32(98);
                    w.bytes(obj.nodeSignature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    day: 0,
                    seq: 0,
                    block: 0n,
                    gpuMs: 0n,
                    used: 0n,
                    amount: 0n,
                    treeSize: 0,
                    treeRoot: uint8ArrayAlloc(0),
                    previousDayRecordsHash: uint8ArrayAlloc(0),
                    terms: [],
                    records: [],
                    nodeSignature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.day = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.block = reader.uint64();
                            break;
                        }
                        case 4: {
                            obj.gpuMs = reader.uint64();
                            break;
                        }
                        case 5: {
                            obj.used = reader.uint64();
                            break;
                        }
                        case 6: {
                            obj.amount = reader.uint64();
                            break;
                        }
                        case 7: {
                            obj.treeSize = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.treeRoot = reader.bytes();
                            break;
                        }
                        case 9: {
                            obj.previousDayRecordsHash = reader.bytes();
                            break;
                        }
                        case 10: {
                            if (opts.limits?.terms != null && obj.terms.length === opts.limits.terms) {
                                throw new MaxLengthError('Decode error - repeated field "terms" had too many elements');
                            }
                            obj.terms.push(WireTerms.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.terms$
                            }));
                            break;
                        }
                        case 11: {
                            if (opts.limits?.records != null && obj.records.length === opts.limits.records) {
                                throw new MaxLengthError('Decode error - repeated field "records" had too many elements');
                            }
                            obj.records.push(WireRecord.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.records$
                            }));
                            break;
                        }
                        case 12: {
                            obj.nodeSignature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    terms: 0,
                    records: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.day`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.block`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.gpuMs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.used`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.amount`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.treeSize`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.treeRoot`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.previousDayRecordsHash`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 10: {
                            if (opts.limits?.terms != null && obj.terms === opts.limits.terms) {
                                throw new MaxLengthError('Streaming decode error - repeated field "terms" had too many elements');
                            }
                            for (const evt of WireTerms.codec().stream(reader, reader.uint32(), `${prefix}.terms[]`, {
                                limits: opts.limits?.terms$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.terms
                                };
                            }
                            obj.terms++;
                            break;
                        }
                        case 11: {
                            if (opts.limits?.records != null && obj.records === opts.limits.records) {
                                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements');
                            }
                            for (const evt of WireRecord.codec().stream(reader, reader.uint32(), `${prefix}.records[]`, {
                                limits: opts.limits?.records$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.records
                                };
                            }
                            obj.records++;
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.nodeSignature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, WireProposal.codec());
    }
    WireProposal.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, WireProposal.codec(), opts);
    }
    WireProposal.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, WireProposal.codec(), opts);
    }
    WireProposal.stream = stream;
})(WireProposal || (WireProposal = {}));
export var Countersignature;
(function (Countersignature) {
    let _codec;
    Countersignature.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.seq);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    seq: 0,
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.seq = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Countersignature.codec());
    }
    Countersignature.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Countersignature.codec(), opts);
    }
    Countersignature.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Countersignature.codec(), opts);
    }
    Countersignature.stream = stream;
})(Countersignature || (Countersignature = {}));
export var LeaseBound;
(function (LeaseBound) {
    let _codec;
    LeaseBound.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.leaseNo != null && obj.leaseNo !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.leaseNo);
                }
                if ((obj.cumulativeMs != null && obj.cumulativeMs !== 0n)) {
                    w.uint32(16);
                    w.uint64(obj.cumulativeMs);
                }
                if ((obj.ahead != null && obj.ahead !== 0n)) {
                    w.uint32(24);
                    w.uint64(obj.ahead);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseNo: 0,
                    cumulativeMs: 0n,
                    ahead: 0n
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.leaseNo = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.cumulativeMs = reader.uint64();
                            break;
                        }
                        case 3: {
                            obj.ahead = reader.uint64();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.leaseNo`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.cumulativeMs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.ahead`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeaseBound.codec());
    }
    LeaseBound.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeaseBound.codec(), opts);
    }
    LeaseBound.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeaseBound.codec(), opts);
    }
    LeaseBound.stream = stream;
})(LeaseBound || (LeaseBound = {}));
export var Disagreement;
(function (Disagreement) {
    let _codec;
    Disagreement.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.seq);
                }
                if (obj.error != null) {
                    w.uint32(18);
                    WireError.codec().encode(obj.error, w);
                }
                if (obj.bounds != null && obj.bounds.length > 0) {
                    for (const value of obj.bounds) {
                        w.uint32(26);
                        LeaseBound.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    seq: 0,
                    bounds: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.seq = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 3: {
                            if (opts.limits?.bounds != null && obj.bounds.length === opts.limits.bounds) {
                                throw new MaxLengthError('Decode error - repeated field "bounds" had too many elements');
                            }
                            obj.bounds.push(LeaseBound.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.bounds$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    bounds: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 3: {
                            if (opts.limits?.bounds != null && obj.bounds === opts.limits.bounds) {
                                throw new MaxLengthError('Streaming decode error - repeated field "bounds" had too many elements');
                            }
                            for (const evt of LeaseBound.codec().stream(reader, reader.uint32(), `${prefix}.bounds[]`, {
                                limits: opts.limits?.bounds$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.bounds
                                };
                            }
                            obj.bounds++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Disagreement.codec());
    }
    Disagreement.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Disagreement.codec(), opts);
    }
    Disagreement.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Disagreement.codec(), opts);
    }
    Disagreement.stream = stream;
})(Disagreement || (Disagreement = {}));
export var ReceiptUp;
(function (ReceiptUp) {
    let _codec;
    ReceiptUp.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.session != null) {
                    w.uint32(10);
                    SessionProof.codec().encode(obj.session, w);
                }
                if (obj.countersignature != null) {
                    w.uint32(18);
                    Countersignature.codec().encode(obj.countersignature, w);
                }
                if (obj.disagreement != null) {
                    w.uint32(26);
                    Disagreement.codec().encode(obj.disagreement, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.session = SessionProof.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            obj.countersignature = Countersignature.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.countersignature
                            });
                            break;
                        }
                        case 3: {
                            obj.disagreement = Disagreement.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.disagreement
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SessionProof.codec().stream(reader, reader.uint32(), `${prefix}.session`, {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            yield* Countersignature.codec().stream(reader, reader.uint32(), `${prefix}.countersignature`, {
                                limits: opts.limits?.countersignature
                            });
                            break;
                        }
                        case 3: {
                            yield* Disagreement.codec().stream(reader, reader.uint32(), `${prefix}.disagreement`, {
                                limits: opts.limits?.disagreement
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReceiptUp.codec());
    }
    ReceiptUp.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReceiptUp.codec(), opts);
    }
    ReceiptUp.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReceiptUp.codec(), opts);
    }
    ReceiptUp.stream = stream;
})(ReceiptUp || (ReceiptUp = {}));
export var ReceiptDown;
(function (ReceiptDown) {
    let _codec;
    ReceiptDown.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.proposal != null) {
                    w.uint32(10);
                    WireProposal.codec().encode(obj.proposal, w);
                }
                if (obj.status != null) {
                    w.uint32(18);
                    LeaseStatus.codec().encode(obj.status, w);
                }
                if (obj.error != null) {
                    w.uint32(26);
                    WireError.codec().encode(obj.error, w);
                }
                if (obj.synced != null) {
                    w.uint32(34);
                    Synced.codec().encode(obj.synced, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.proposal = WireProposal.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.proposal
                            });
                            break;
                        }
                        case 2: {
                            obj.status = LeaseStatus.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 3: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 4: {
                            obj.synced = Synced.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.synced
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* WireProposal.codec().stream(reader, reader.uint32(), `${prefix}.proposal`, {
                                limits: opts.limits?.proposal
                            });
                            break;
                        }
                        case 2: {
                            yield* LeaseStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 3: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 4: {
                            yield* Synced.codec().stream(reader, reader.uint32(), `${prefix}.synced`, {
                                limits: opts.limits?.synced
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReceiptDown.codec());
    }
    ReceiptDown.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReceiptDown.codec(), opts);
    }
    ReceiptDown.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReceiptDown.codec(), opts);
    }
    ReceiptDown.stream = stream;
})(ReceiptDown || (ReceiptDown = {}));
export var Synced;
(function (Synced) {
    let _codec;
    Synced.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.seq);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    seq: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.seq = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Synced.codec());
    }
    Synced.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Synced.codec(), opts);
    }
    Synced.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Synced.codec(), opts);
    }
    Synced.stream = stream;
})(Synced || (Synced = {}));
export var LogsRequest;
(function (LogsRequest) {
    let _codec;
    LogsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.session != null) {
                    w.uint32(10);
                    SessionProof.codec().encode(obj.session, w);
                }
                if ((obj.leaseId != null && obj.leaseId.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.leaseId);
                }
                if ((obj.follow != null && obj.follow !== false)) {
                    w.uint32(24);
                    w.bool(obj.follow);
                }
                if ((obj.sinceNs != null && obj.sinceNs !== 0n)) {
                    w.uint32(32);
                    w.uint64(obj.sinceNs);
                }
                if ((obj.tail != null && obj.tail !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.tail);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseId: uint8ArrayAlloc(0),
                    follow: false,
                    sinceNs: 0n,
                    tail: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.session = SessionProof.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            obj.leaseId = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.follow = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.sinceNs = reader.uint64();
                            break;
                        }
                        case 5: {
                            obj.tail = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SessionProof.codec().stream(reader, reader.uint32(), `${prefix}.session`, {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.leaseId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.follow`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.sinceNs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.tail`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LogsRequest.codec());
    }
    LogsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LogsRequest.codec(), opts);
    }
    LogsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LogsRequest.codec(), opts);
    }
    LogsRequest.stream = stream;
})(LogsRequest || (LogsRequest = {}));
export var LogsChunk;
(function (LogsChunk) {
    let _codec;
    LogsChunk.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.stream != null && obj.stream !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.stream);
                }
                if ((obj.timeNs != null && obj.timeNs !== 0n)) {
                    w.uint32(16);
                    w.uint64(obj.timeNs);
                }
                if ((obj.data != null && obj.data.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.data);
                }
                if ((obj.end != null && obj.end !== false)) {
                    w.uint32(32);
                    w.bool(obj.end);
                }
                if (obj.error != null) {
                    w.uint32(42);
                    WireError.codec().encode(obj.error, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    stream: 0,
                    timeNs: 0n,
                    data: uint8ArrayAlloc(0),
                    end: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.stream = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.timeNs = reader.uint64();
                            break;
                        }
                        case 3: {
                            obj.data = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.end = reader.bool();
                            break;
                        }
                        case 5: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.stream`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.timeNs`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.data`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.end`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 5: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LogsChunk.codec());
    }
    LogsChunk.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LogsChunk.codec(), opts);
    }
    LogsChunk.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LogsChunk.codec(), opts);
    }
    LogsChunk.stream = stream;
})(LogsChunk || (LogsChunk = {}));
export var FilesRequest;
(function (FilesRequest) {
    let _codec;
    FilesRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.session != null) {
                    w.uint32(10);
                    SessionProof.codec().encode(obj.session, w);
                }
                if ((obj.leaseId != null && obj.leaseId.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.leaseId);
                }
                if ((obj.path != null && obj.path !== '')) {
                    w.uint32(26);
                    w.string(obj.path);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    leaseId: uint8ArrayAlloc(0),
                    path: ''
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.session = SessionProof.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            obj.leaseId = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.path = reader.string();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SessionProof.codec().stream(reader, reader.uint32(), `${prefix}.session`, {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.leaseId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.path`,
                                value: reader.string()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, FilesRequest.codec());
    }
    FilesRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, FilesRequest.codec(), opts);
    }
    FilesRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, FilesRequest.codec(), opts);
    }
    FilesRequest.stream = stream;
})(FilesRequest || (FilesRequest = {}));
export var FilesChunk;
(function (FilesChunk) {
    let _codec;
    FilesChunk.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.data != null && obj.data.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.data);
                }
                if ((obj.end != null && obj.end !== false)) {
                    w.uint32(16);
                    w.bool(obj.end);
                }
                if (obj.error != null) {
                    w.uint32(26);
                    WireError.codec().encode(obj.error, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    data: uint8ArrayAlloc(0),
                    end: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.data = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.end = reader.bool();
                            break;
                        }
                        case 3: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.data`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.end`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 3: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, FilesChunk.codec());
    }
    FilesChunk.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, FilesChunk.codec(), opts);
    }
    FilesChunk.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, FilesChunk.codec(), opts);
    }
    FilesChunk.stream = stream;
})(FilesChunk || (FilesChunk = {}));
export var CountersignedReceipt;
(function (CountersignedReceipt) {
    let _codec;
    CountersignedReceipt.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.node != null && obj.node.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.node);
                }
                if ((obj.signer != null && obj.signer.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signer);
                }
                if (obj.proposal != null) {
                    w.uint32(26);
                    WireProposal.codec().encode(obj.proposal, w);
                }
                if ((obj.countersignature != null && obj.countersignature.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.countersignature);
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.reservation);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    node: uint8ArrayAlloc(0),
                    signer: uint8ArrayAlloc(0),
                    countersignature: uint8ArrayAlloc(0),
                    reservation: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.node = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signer = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.proposal = WireProposal.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.proposal
                            });
                            break;
                        }
                        case 4: {
                            obj.countersignature = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.node`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield* WireProposal.codec().stream(reader, reader.uint32(), `${prefix}.proposal`, {
                                limits: opts.limits?.proposal
                            });
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.countersignature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, CountersignedReceipt.codec());
    }
    CountersignedReceipt.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, CountersignedReceipt.codec(), opts);
    }
    CountersignedReceipt.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, CountersignedReceipt.codec(), opts);
    }
    CountersignedReceipt.stream = stream;
})(CountersignedReceipt || (CountersignedReceipt = {}));
export var RecordsRequest;
(function (RecordsRequest) {
    let _codec;
    RecordsRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.submit != null && obj.submit.length > 0) {
                    for (const value of obj.submit) {
                        w.uint32(10);
                        CountersignedReceipt.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    submit: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.submit != null && obj.submit.length === opts.limits.submit) {
                                throw new MaxLengthError('Decode error - repeated field "submit" had too many elements');
                            }
                            obj.submit.push(CountersignedReceipt.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.submit$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    submit: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.submit != null && obj.submit === opts.limits.submit) {
                                throw new MaxLengthError('Streaming decode error - repeated field "submit" had too many elements');
                            }
                            for (const evt of CountersignedReceipt.codec().stream(reader, reader.uint32(), `${prefix}.submit[]`, {
                                limits: opts.limits?.submit$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.submit
                                };
                            }
                            obj.submit++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RecordsRequest.codec());
    }
    RecordsRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RecordsRequest.codec(), opts);
    }
    RecordsRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RecordsRequest.codec(), opts);
    }
    RecordsRequest.stream = stream;
})(RecordsRequest || (RecordsRequest = {}));
export var RecordsResponse;
(function (RecordsResponse) {
    let _codec;
    RecordsResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.accepted != null && obj.accepted !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.accepted);
                }
                if (obj.error != null) {
                    w.uint32(18);
                    WireError.codec().encode(obj.error, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    accepted: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.accepted = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.accepted`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RecordsResponse.codec());
    }
    RecordsResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RecordsResponse.codec(), opts);
    }
    RecordsResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RecordsResponse.codec(), opts);
    }
    RecordsResponse.stream = stream;
})(RecordsResponse || (RecordsResponse = {}));
export var ReservationQuoteRequest;
(function (ReservationQuoteRequest) {
    let _codec;
    ReservationQuoteRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.tenant != null && obj.tenant.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.tenant);
                }
                if ((obj.class != null && obj.class !== '')) {
                    w.uint32(18);
                    w.string(obj.class);
                }
                if ((obj.gpus != null && obj.gpus !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.gpus);
                }
                if ((obj.startDay != null && obj.startDay !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.startDay);
                }
                if ((obj.term != null && obj.term !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.term);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    tenant: uint8ArrayAlloc(0),
                    class: '',
                    gpus: 0,
                    startDay: 0,
                    term: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.tenant = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.class = reader.string();
                            break;
                        }
                        case 3: {
                            obj.gpus = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.startDay = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.term = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.tenant`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.class`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.gpus`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.startDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.term`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationQuoteRequest.codec());
    }
    ReservationQuoteRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationQuoteRequest.codec(), opts);
    }
    ReservationQuoteRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationQuoteRequest.codec(), opts);
    }
    ReservationQuoteRequest.stream = stream;
})(ReservationQuoteRequest || (ReservationQuoteRequest = {}));
export var SignedReservationQuote;
(function (SignedReservationQuote) {
    let _codec;
    SignedReservationQuote.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.node != null && obj.node.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.node);
                }
                if ((obj.tenant != null && obj.tenant.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.tenant);
                }
                if ((obj.class != null && obj.class !== '')) {
                    w.uint32(26);
                    w.string(obj.class);
                }
                if ((obj.gpus != null && obj.gpus !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.gpus);
                }
                if ((obj.startDay != null && obj.startDay !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.startDay);
                }
                if ((obj.term != null && obj.term !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.term);
                }
                if ((obj.pricePerDay != null && obj.pricePerDay !== 0n)) {
                    w.uint32(56);
                    w.uint64(obj.pricePerDay);
                }
                if ((obj.listPricePerDay != null && obj.listPricePerDay !== 0n)) {
                    w.uint32(64);
                    w.uint64(obj.listPricePerDay);
                }
                if ((obj.collateralBps != null && obj.collateralBps !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.collateralBps);
                }
                if ((obj.cancelFeeBps != null && obj.cancelFeeBps !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.cancelFeeBps);
                }
                if ((obj.claimPeriod != null && obj.claimPeriod !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.claimPeriod);
                }
                if ((obj.expires != null && obj.expires !== 0n)) {
                    w.uint32(96);
                    w.uint64(obj.expires);
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(106);
                    w.bytes(obj.nonce);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(114);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    node: uint8ArrayAlloc(0),
                    tenant: uint8ArrayAlloc(0),
                    class: '',
                    gpus: 0,
                    startDay: 0,
                    term: 0,
                    pricePerDay: 0n,
                    listPricePerDay: 0n,
                    collateralBps: 0,
                    cancelFeeBps: 0,
                    claimPeriod: 0,
                    expires: 0n,
                    nonce: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.node = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.tenant = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.class = reader.string();
                            break;
                        }
                        case 4: {
                            obj.gpus = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.startDay = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.term = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.pricePerDay = reader.uint64();
                            break;
                        }
                        case 8: {
                            obj.listPricePerDay = reader.uint64();
                            break;
                        }
                        case 9: {
                            obj.collateralBps = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.cancelFeeBps = reader.uint32();
                            break;
                        }
                        case 11: {
                            obj.claimPeriod = reader.uint32();
                            break;
                        }
                        case 12: {
                            obj.expires = reader.uint64();
                            break;
                        }
                        case 13: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        case 14: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.node`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.tenant`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.class`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.gpus`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.startDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.term`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.pricePerDay`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.listPricePerDay`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.collateralBps`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.cancelFeeBps`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.claimPeriod`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.expires`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 13: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 14: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SignedReservationQuote.codec());
    }
    SignedReservationQuote.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SignedReservationQuote.codec(), opts);
    }
    SignedReservationQuote.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SignedReservationQuote.codec(), opts);
    }
    SignedReservationQuote.stream = stream;
})(SignedReservationQuote || (SignedReservationQuote = {}));
export var SignedDayClaim;
(function (SignedDayClaim) {
    let _codec;
    SignedDayClaim.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.reservation);
                }
                if ((obj.firstDay != null && obj.firstDay !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.firstDay);
                }
                if ((obj.served != null && obj.served.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.served);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reservation: uint8ArrayAlloc(0),
                    firstDay: 0,
                    served: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.firstDay = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.served = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.firstDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.served`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SignedDayClaim.codec());
    }
    SignedDayClaim.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SignedDayClaim.codec(), opts);
    }
    SignedDayClaim.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SignedDayClaim.codec(), opts);
    }
    SignedDayClaim.stream = stream;
})(SignedDayClaim || (SignedDayClaim = {}));
export var ReservationRef;
(function (ReservationRef) {
    let _codec;
    ReservationRef.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.reservation);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reservation: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationRef.codec());
    }
    ReservationRef.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationRef.codec(), opts);
    }
    ReservationRef.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationRef.codec(), opts);
    }
    ReservationRef.stream = stream;
})(ReservationRef || (ReservationRef = {}));
export var ReservationCancelRequest;
(function (ReservationCancelRequest) {
    let _codec;
    ReservationCancelRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.session != null) {
                    w.uint32(10);
                    SessionProof.codec().encode(obj.session, w);
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.reservation);
                }
                if ((obj.firstDay != null && obj.firstDay !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.firstDay);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reservation: uint8ArrayAlloc(0),
                    firstDay: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.session = SessionProof.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.firstDay = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SessionProof.codec().stream(reader, reader.uint32(), `${prefix}.session`, {
                                limits: opts.limits?.session
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.firstDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationCancelRequest.codec());
    }
    ReservationCancelRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationCancelRequest.codec(), opts);
    }
    ReservationCancelRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationCancelRequest.codec(), opts);
    }
    ReservationCancelRequest.stream = stream;
})(ReservationCancelRequest || (ReservationCancelRequest = {}));
export var SignedReservationCancel;
(function (SignedReservationCancel) {
    let _codec;
    SignedReservationCancel.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.reservation != null && obj.reservation.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.reservation);
                }
                if ((obj.firstDay != null && obj.firstDay !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.firstDay);
                }
                if ((obj.operatorBps != null && obj.operatorBps !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.operatorBps);
                }
                if ((obj.deadline != null && obj.deadline !== 0n)) {
                    w.uint32(32);
                    w.uint64(obj.deadline);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    reservation: uint8ArrayAlloc(0),
                    firstDay: 0,
                    operatorBps: 0,
                    deadline: 0n,
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.reservation = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.firstDay = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.operatorBps = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.deadline = reader.uint64();
                            break;
                        }
                        case 5: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.reservation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.firstDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.operatorBps`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.deadline`,
                                value: reader.uint64()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SignedReservationCancel.codec());
    }
    SignedReservationCancel.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SignedReservationCancel.codec(), opts);
    }
    SignedReservationCancel.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SignedReservationCancel.codec(), opts);
    }
    SignedReservationCancel.stream = stream;
})(SignedReservationCancel || (SignedReservationCancel = {}));
export var ReservationRequest;
(function (ReservationRequest) {
    let _codec;
    ReservationRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.quote != null) {
                    w.uint32(10);
                    ReservationQuoteRequest.codec().encode(obj.quote, w);
                }
                if (obj.claim != null) {
                    w.uint32(18);
                    SignedDayClaim.codec().encode(obj.claim, w);
                }
                if (obj.status != null) {
                    w.uint32(26);
                    ReservationRef.codec().encode(obj.status, w);
                }
                if (obj.cancel != null) {
                    w.uint32(34);
                    ReservationCancelRequest.codec().encode(obj.cancel, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.quote = ReservationQuoteRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 2: {
                            obj.claim = SignedDayClaim.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.claim
                            });
                            break;
                        }
                        case 3: {
                            obj.status = ReservationRef.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 4: {
                            obj.cancel = ReservationCancelRequest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* ReservationQuoteRequest.codec().stream(reader, reader.uint32(), `${prefix}.quote`, {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 2: {
                            yield* SignedDayClaim.codec().stream(reader, reader.uint32(), `${prefix}.claim`, {
                                limits: opts.limits?.claim
                            });
                            break;
                        }
                        case 3: {
                            yield* ReservationRef.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 4: {
                            yield* ReservationCancelRequest.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationRequest.codec());
    }
    ReservationRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationRequest.codec(), opts);
    }
    ReservationRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationRequest.codec(), opts);
    }
    ReservationRequest.stream = stream;
})(ReservationRequest || (ReservationRequest = {}));
export var ReservationStatus;
(function (ReservationStatus) {
    let _codec;
    ReservationStatus.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.ready != null && obj.ready !== false)) {
                    w.uint32(8);
                    w.bool(obj.ready);
                }
                if ((obj.reason != null && obj.reason !== '')) {
                    w.uint32(18);
                    w.string(obj.reason);
                }
                if ((obj.freeGpus != null && obj.freeGpus !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.freeGpus);
                }
                if ((obj.unheardDay != null && obj.unheardDay !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.unheardDay);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ready: false,
                    reason: '',
                    freeGpus: 0,
                    unheardDay: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.ready = reader.bool();
                            break;
                        }
                        case 2: {
                            obj.reason = reader.string();
                            break;
                        }
                        case 3: {
                            obj.freeGpus = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.unheardDay = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.ready`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.reason`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.freeGpus`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.unheardDay`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationStatus.codec());
    }
    ReservationStatus.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationStatus.codec(), opts);
    }
    ReservationStatus.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationStatus.codec(), opts);
    }
    ReservationStatus.stream = stream;
})(ReservationStatus || (ReservationStatus = {}));
export var ReservationResponse;
(function (ReservationResponse) {
    let _codec;
    ReservationResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.error != null) {
                    w.uint32(10);
                    WireError.codec().encode(obj.error, w);
                }
                if (obj.quote != null) {
                    w.uint32(18);
                    SignedReservationQuote.codec().encode(obj.quote, w);
                }
                if (obj.status != null) {
                    w.uint32(26);
                    ReservationStatus.codec().encode(obj.status, w);
                }
                if (obj.cancel != null) {
                    w.uint32(34);
                    SignedReservationCancel.codec().encode(obj.cancel, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.error = WireError.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 2: {
                            obj.quote = SignedReservationQuote.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 3: {
                            obj.status = ReservationStatus.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 4: {
                            obj.cancel = SignedReservationCancel.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* WireError.codec().stream(reader, reader.uint32(), `${prefix}.error`, {
                                limits: opts.limits?.error
                            });
                            break;
                        }
                        case 2: {
                            yield* SignedReservationQuote.codec().stream(reader, reader.uint32(), `${prefix}.quote`, {
                                limits: opts.limits?.quote
                            });
                            break;
                        }
                        case 3: {
                            yield* ReservationStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 4: {
                            yield* SignedReservationCancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                                limits: opts.limits?.cancel
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReservationResponse.codec());
    }
    ReservationResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReservationResponse.codec(), opts);
    }
    ReservationResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReservationResponse.codec(), opts);
    }
    ReservationResponse.stream = stream;
})(ReservationResponse || (ReservationResponse = {}));
