export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answer that the process is alive. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** State of what the service needs to serve, the database, and of what it goes on without: queue and worker. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metrics of this process and of the service, in Prometheus’ text format. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/{provider}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Trade a code or a refresh token for tokens of the issuer. */
        post: operations["authToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List restores, newest first. */
        get: operations["listRestores"];
        put?: never;
        /** Declare that the database now holds a backup: every device must answer before anything changes. */
        post: operations["declareRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a restore, or the current one. */
        get: operations["getRestore"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a restore as server-sent events: the Restore on each change, until it is settled or superseded. */
        get: operations["watchRestore"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The record of a recovery, as JSON or, by Accept, as Markdown. */
        get: operations["reportRestore"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/unknown-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List devices that reported although the restored database does not know them. */
        get: operations["listUnknownDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/unknown-devices/{device}/enroll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let in a device that the restored database does not know: it is AwaitingReconnect until it reports. */
        post: operations["enrollUnknownDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/lost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List edits that the restored database does not know, as the journal has them. */
        get: operations["listLostDocuments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/restores/{name}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put lost edits back, as edits of the caller, who needs the permissions of the edits. */
        post: operations["replayLostDocuments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deviceactions/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the restored spec win over conflicted devices. */
        post: operations["resumeDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deviceactions/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the spec that conflicted devices run become the desired one. */
        post: operations["adoptDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{name}/conflict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a device is paused, and what resuming it would change. */
        get: operations["getDeviceConflict"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List devices in the order of their names. */
        get: operations["listDevices"];
        put?: never;
        /** Create a device. */
        post: operations["createDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a device. */
        get: operations["getDevice"];
        /** Replace a device, or create it. */
        put: operations["replaceDevice"];
        post?: never;
        /** Delete a device. */
        delete: operations["deleteDevice"];
        options?: never;
        head?: never;
        /** Change a device by a JSON Patch. */
        patch: operations["patchDevice"];
        trace?: never;
    };
    "/api/v1/devices/{name}/lastseen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Time of a device’s last report. */
        get: operations["getDeviceLastSeen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{name}/decommission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Decommission a device: it unenrolls or resets itself, and no restore waits for it from then on. */
        put: operations["decommissionDevice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{name}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the status of a device. */
        get: operations["getDeviceStatus"];
        /** Replace the status that a device last sent. Nothing is judged by it. */
        put: operations["replaceDeviceStatus"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the status that a device last sent, by a JSON Patch of the device. Nothing is judged by it. */
        patch: operations["patchDeviceStatus"];
        trace?: never;
    };
    "/api/v1/devices/{name}/rendered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a device with the spec that was rendered for it; 409 while its gate is not open, or nothing was rendered. */
        get: operations["getRenderedDevice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List fleets in the order of their names. */
        get: operations["listFleets"];
        put?: never;
        /** Create a fleet. */
        post: operations["createFleet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a fleet. */
        get: operations["getFleet"];
        /** Replace a fleet, or create it. */
        put: operations["replaceFleet"];
        post?: never;
        /**
         * Delete a fleet; its devices stay.
         * @description A fleet of few devices is gone when the answer comes. One of many has a `deletionTimestamp` until its devices have left it, step by step: the answer says then `Deleting` as its reason. Nothing is rolled out from it meanwhile, and nobody can change it or create one of its name (409).
         */
        delete: operations["deleteFleet"];
        options?: never;
        head?: never;
        /** Change a fleet by a JSON Patch. */
        patch: operations["patchFleet"];
        trace?: never;
    };
    "/api/v1/fleets/{name}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the status of a fleet. */
        get: operations["getFleetStatus"];
        /** Answers the fleet as it is: the service works out the status, and overrules what others say of it. */
        put: operations["replaceFleetStatus"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Answers the fleet as it is: the service works out the status, and overrules what others say of it. */
        patch: operations["patchFleetStatus"];
        trace?: never;
    };
    "/api/v1/enrollmentrequests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List enrollment requests in the order of their names. */
        get: operations["listEnrollmentRequests"];
        put?: never;
        /** Create an enrollment request. */
        post: operations["createEnrollmentRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrollmentrequests/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an enrollment request. */
        get: operations["getEnrollmentRequest"];
        /** Replace an enrollment request, or create it. */
        put: operations["replaceEnrollmentRequest"];
        post?: never;
        /** Delete an enrollment request. */
        delete: operations["deleteEnrollmentRequest"];
        options?: never;
        head?: never;
        /** Change an enrollment request by a JSON Patch. */
        patch: operations["patchEnrollmentRequest"];
        trace?: never;
    };
    "/api/v1/enrollmentrequests/{name}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Approve or deny an enrollment request. Approving creates the device. */
        put: operations["approveEnrollmentRequest"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrollmentconfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what an agent needs to enroll. */
        get: operations["getEnrollmentConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/certificatesigningrequests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List certificate signing requests in the order of their names. */
        get: operations["listCertificateSigningRequests"];
        put?: never;
        /** Ask for an enrollment certificate. Approved at once for those who may decide. */
        post: operations["createCertificateSigningRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/certificatesigningrequests/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a certificate signing request. */
        get: operations["getCertificateSigningRequest"];
        /** Create a certificate signing request, or find that the same one is there. */
        put: operations["replaceCertificateSigningRequest"];
        post?: never;
        /** Delete a certificate signing request. A certificate that was issued holds until it expires. */
        delete: operations["deleteCertificateSigningRequest"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/certificatesigningrequests/{name}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Approve or deny a certificate signing request. Approving issues the certificate. */
        put: operations["updateCertificateSigningRequestApproval"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the distinct labels of devices as key=value. */
        get: operations["listLabels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List events, newest first. */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List organizations. */
        get: operations["listOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the configuration of authentication. */
        get: operations["authConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask whether a token is accepted. */
        get: operations["authValidate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller, with its roles and permissions. */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the version of the service. */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The metadata of every stored object: its name, its labels, its time of creation. */
        ObjectMeta: {
            name?: string;
            /**
             * Format: date-time
             * @description Time at which the object was created.
             */
            creationTimestamp?: string;
            /**
             * Format: date-time
             * @description Time at which the object will be deleted.
             */
            deletionTimestamp?: string;
            /** @description Grows whenever the desired state changes. Set by the service. */
            generation?: number;
            /** @description The resource that this one belongs to, as kind/name. */
            owner?: string;
            /** @description Further properties; those of the service begin with its prefixes. */
            annotations?: {
                [key: string]: string;
            };
            /** @description Differs between any two versions of the object; it has no other meaning. */
            resourceVersion?: string;
            /** @description Keys and values by which objects are grouped and selected. */
            labels?: {
                [key: string]: string;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Metadata that the devices of a fleet get from its template. */
        TemplateMeta: {
            name?: string;
            /**
             * Format: date-time
             * @description Time at which the object was created.
             */
            creationTimestamp?: string;
            /**
             * Format: date-time
             * @description Time at which the object will be deleted.
             */
            deletionTimestamp?: string;
            /** @description Grows whenever the desired state changes. Set by the service. */
            generation?: number;
            /** @description The resource that this one belongs to, as kind/name. */
            owner?: string;
            /** @description Further properties; those of the service begin with its prefixes. */
            annotations?: {
                [key: string]: string;
            };
            /** @description Differs between any two versions of the object; it has no other meaning. */
            resourceVersion?: string;
            /** @description Labels, whose values may hold templates. */
            labels?: {
                [key: string]: string;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The version of the schema that the object follows.
         * @enum {string}
         */
        ApiVersion: "v1beta1" | "flightctl.io/v1beta1" | "";
        /**
         * @description True, False, or Unknown: says if the condition holds.
         * @enum {string}
         */
        ConditionStatus: "True" | "False" | "Unknown";
        /**
         * @description The subject of the condition.
         * @enum {string}
         */
        ConditionType: "Approved" | "TPMVerified" | "Denied" | "Failed" | "Accessible" | "ResourceParsed" | "Synced" | "Valid" | "RolloutInProgress" | "Updating" | "SpecValid" | "MultipleOwners" | "DeviceDecommissioning";
        /** @description One observation about an object, and the time since which it has held. */
        Condition: {
            type: components["schemas"]["ConditionType"];
            status: components["schemas"]["ConditionStatus"];
            /** @description The generation that was observed. */
            observedGeneration?: number;
            /**
             * Format: date-time
             * @description Time at which the status last changed.
             */
            lastTransitionTime: string;
            /** @description The reason, as one word for programs. */
            reason: string;
            /** @description Why, for people. */
            message: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The request for a certificate. */
        CertificateSigningRequestSpec: {
            /**
             * Format: byte
             * @description The certificate signing request (PKCS#10) in PEM, in base64.
             */
            request: string;
            /** @description The requested signer, such as `flightctl.io/enrollment`. */
            signerName: string;
            /** @description Requested validity. A management certificate gets no more than the setting allows. */
            expirationSeconds?: number;
            /** @description Requested usages. Every certificate is for clients, and none is for an authority. */
            usages?: string[];
            /** @description The caller that made the request. Ignored in a request: the service sets it. */
            username?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A certificate signing request to create. */
        CertificateSigningRequestSubmission: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "CertificateSigningRequest" | "";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["CertificateSigningRequestSpec"];
            /** @description Ignored: the service sets it. */
            status?: unknown;
        } & {
            [key: string]: unknown;
        };
        /** @description The request with the condition Approved or Denied. Only the condition is read. */
        CertificateSigningRequestApproval: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "CertificateSigningRequest" | "";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["CertificateSigningRequestSpec"];
            status: {
                conditions: ({
                    type: components["schemas"]["ConditionType"];
                    status: components["schemas"]["ConditionStatus"];
                    /** @description The generation that was observed. */
                    observedGeneration?: number;
                    /**
                     * Format: date-time
                     * @description Time at which the status last changed.
                     */
                    lastTransitionTime?: string;
                    /** @description The reason, as one word for programs. */
                    reason?: string;
                    /** @description Why, for people. */
                    message?: string;
                } & {
                    [key: string]: unknown;
                })[];
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The state of the device; the last two say what Muster waits for.
         * @enum {string}
         */
        DeviceSummaryStatusType: "Online" | "Degraded" | "Error" | "Rebooting" | "PoweredOff" | "Unknown" | "AwaitingReconnect" | "ConflictPaused";
        /**
         * @description Says if the device runs its desired state.
         * @enum {string}
         */
        DeviceUpdatedStatusType: "UpToDate" | "OutOfDate" | "Updating" | "Unknown";
        /**
         * @description Says if the device is in use, or is being decommissioned.
         * @enum {string}
         */
        DeviceLifecycleStatusType: "Unknown" | "Enrolled" | "Decommissioning" | "Decommissioned";
        /**
         * @description The state of all applications together.
         * @enum {string}
         */
        ApplicationsSummaryStatusType: "Healthy" | "Degraded" | "Error" | "Unknown" | "NoApplications";
        /**
         * @description The level of use of a resource.
         * @enum {string}
         */
        DeviceResourceStatusType: "Healthy" | "Warning" | "Critical" | "Error" | "Unknown";
        /** @description The result of one check of integrity. */
        DeviceIntegrityCheckStatus: {
            /** @enum {string} */
            status: "Verified" | "Failed" | "Unknown" | "Unsupported";
            /** @description Why, for people. */
            info?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Facts that the device is configured to report. */
        CustomDeviceInfo: {
            [key: string]: string;
        };
        /** @description A version of an item of a catalog, which names an OCI image. */
        CatalogItemRefSpec: {
            /** @description The catalog of the item. */
            catalog: string;
            /** @description The item. */
            item: string;
            /** @description An existing version of the item. */
            version: string;
            /** @description The channel in which newer versions are looked for. */
            channel?: string;
        };
        /** @description The OCI image or artifact that fills a volume. */
        ImageVolumeSource: ({
            /** @description The image or artifact in its registry. */
            reference?: string;
            catalogItemRef?: components["schemas"]["CatalogItemRefSpec"];
            /**
             * @description Condition for pulling; IfNotPresent if not given.
             * @enum {string}
             */
            pullPolicy?: "Always" | "IfNotPresent" | "Never";
        } & {
            [key: string]: unknown;
        }) & ({
            reference: unknown;
        } | {
            catalogItemRef: unknown;
        });
        /** @description The place of a volume in the container. */
        VolumeMount: {
            /**
             * @description Path in the container, with options after a colon.
             * @example /var/lib/data:ro
             */
            path: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A volume of an application: filled from an image, mounted at a path, or both. */
        ApplicationVolume: ({
            /** @description Names the volume within its application. */
            name: string;
            /**
             * @description The fate of the volume when its application is removed.
             * @enum {string}
             */
            reclaimPolicy?: "Retain";
            image?: components["schemas"]["ImageVolumeSource"];
            mount?: components["schemas"]["VolumeMount"];
        } & {
            [key: string]: unknown;
        }) & ({
            image: unknown;
        } | {
            mount: unknown;
        });
        /**
         * @description The encoding of the content of a file.
         * @enum {string}
         */
        EncodingType: "plain" | "base64";
        /** @description A file to have on the device. */
        FileSpec: {
            /** @description Path of the file on the device; an existing file is overwritten. */
            path: string;
            /** @description The content of the file. */
            content: string;
            contentEncoding?: components["schemas"]["EncodingType"];
            /** @description Permission bits, with setuid, setgid and sticky; 0644 if not given. */
            mode?: number;
            /** @description Owner, by name or number; root if not given. */
            user?: string;
            /** @description Group, by name or number; root if not given. */
            group?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A file that belongs to an application. */
        ApplicationContent: {
            /** @description Path of the file, relative to the application's directory. */
            path: string;
            /** @description The content of the file. */
            content?: string;
            contentEncoding?: components["schemas"]["EncodingType"];
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The kind of application, which decides what runs it.
         * @enum {string}
         */
        AppType: "compose" | "quadlet" | "container" | "helm" | "vm";
        /** @description Containers described by a compose file. */
        ComposeApplication: ({
            /** @constant */
            appType: "compose";
            name?: string;
            /** @description Notes of the service for the agent. Set by the service. */
            annotations?: {
                [key: string]: string;
            };
            /**
             * @description True if it should run. Set by the service.
             * @enum {string}
             */
            desiredState?: "running" | "stopped";
            /** @description Grows with each restart asked for. Set by the service. */
            restartGeneration?: number;
            /** @description Environment variables. */
            envVars?: {
                [key: string]: string;
            };
            /** @description Volumes, each with its own name. */
            volumes?: components["schemas"]["ApplicationVolume"][];
            /** @description The OCI image or artifact to run. */
            image?: string;
            catalogItemRef?: components["schemas"]["CatalogItemRefSpec"];
            /** @description The files of the application, written out in the spec itself. */
            inline?: components["schemas"]["ApplicationContent"][];
        } & {
            [key: string]: unknown;
        }) & ({
            image: unknown;
        } | {
            catalogItemRef: unknown;
        } | {
            inline: unknown;
        });
        /** @description Containers run as systemd units. */
        QuadletApplication: ({
            /** @constant */
            appType: "quadlet";
            name?: string;
            /** @description Notes of the service for the agent. Set by the service. */
            annotations?: {
                [key: string]: string;
            };
            /**
             * @description True if it should run. Set by the service.
             * @enum {string}
             */
            desiredState?: "running" | "stopped";
            /** @description Grows with each restart asked for. Set by the service. */
            restartGeneration?: number;
            /** @description Environment variables. */
            envVars?: {
                [key: string]: string;
            };
            /** @description The account on the device that runs it; the one of the agent if not given. */
            runAs?: string;
            /** @description Volumes, each with its own name. */
            volumes?: components["schemas"]["ApplicationVolume"][];
            /** @description The OCI image or artifact to run. */
            image?: string;
            catalogItemRef?: components["schemas"]["CatalogItemRefSpec"];
            /** @description The files of the application, written out in the spec itself. */
            inline?: components["schemas"]["ApplicationContent"][];
        } & {
            [key: string]: unknown;
        }) & ({
            image: unknown;
        } | {
            catalogItemRef: unknown;
        } | {
            inline: unknown;
        });
        /** @description A port of the host, and the port of the container that it leads to. */
        ApplicationPort: string;
        /** @description The resources of the device that an application may use. */
        ApplicationResources: {
            /** @description The maximum that it may use. */
            limits?: {
                /** @description Cores, such as 0.75. */
                cpu?: string;
                /** @description Memory, such as 256m. */
                memory?: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description One container. */
        ContainerApplication: ({
            /** @constant */
            appType: "container";
            name?: string;
            /** @description Notes of the service for the agent. Set by the service. */
            annotations?: {
                [key: string]: string;
            };
            /**
             * @description True if it should run. Set by the service.
             * @enum {string}
             */
            desiredState?: "running" | "stopped";
            /** @description Grows with each restart asked for. Set by the service. */
            restartGeneration?: number;
            /** @description Environment variables. */
            envVars?: {
                [key: string]: string;
            };
            /** @description The account on the device that runs it; the one of the agent if not given. */
            runAs?: string;
            /** @description Volumes, each with its own name. */
            volumes?: components["schemas"]["ApplicationVolume"][];
            /** @description The OCI image or artifact to run. */
            image?: string;
            catalogItemRef?: components["schemas"]["CatalogItemRefSpec"];
            ports?: components["schemas"]["ApplicationPort"][];
            resources?: components["schemas"]["ApplicationResources"];
        } & {
            [key: string]: unknown;
        }) & ({
            image: unknown;
        } | {
            catalogItemRef: unknown;
        });
        /** @description A Helm chart. */
        HelmApplication: {
            /** @constant */
            appType: "helm";
            name?: string;
            /** @description Notes of the service for the agent. Set by the service. */
            annotations?: {
                [key: string]: string;
            };
            /**
             * @description True if it should run. Set by the service.
             * @enum {string}
             */
            desiredState?: "running" | "stopped";
            /** @description Grows with each restart asked for. Set by the service. */
            restartGeneration?: number;
            /** @description The OCI image or artifact to run. */
            image: string;
            /** @description The namespace in which the chart is installed. */
            namespace?: string;
            /** @description Values for the chart, nested to any depth. */
            values?: {
                [key: string]: unknown;
            };
            /** @description Files of values, applied in this order and before `values`. */
            valuesFiles?: string[];
        } & {
            [key: string]: unknown;
        };
        /** @description A virtual machine. */
        VmApplication: ({
            /** @constant */
            appType: "vm";
            name?: string;
            /** @description Notes of the service for the agent. Set by the service. */
            annotations?: {
                [key: string]: string;
            };
            /**
             * @description True if it should run. Set by the service.
             * @enum {string}
             */
            desiredState?: "running" | "stopped";
            /** @description Grows with each restart asked for. Set by the service. */
            restartGeneration?: number;
            /** @description The OCI image or artifact to run. */
            image?: string;
            /** @description The files of the application, written out in the spec itself. */
            inline?: components["schemas"]["ApplicationContent"][];
            /** @description Ports of the host, and the ports of the guest that they lead to. */
            publishPorts?: string[];
        } & {
            [key: string]: unknown;
        }) & ({
            image: unknown;
        } | {
            inline: unknown;
        });
        /** @description An application to run on the device; `appType` says which kind. */
        ApplicationProviderSpec: components["schemas"]["ComposeApplication"] | components["schemas"]["QuadletApplication"] | components["schemas"]["ContainerApplication"] | components["schemas"]["HelmApplication"] | components["schemas"]["VmApplication"];
        /** @description A systemd unit's state, in systemd's own words. */
        SystemdUnitStatus: {
            unit: string;
            description: string;
            /** @enum {string} */
            enableState: "enabled" | "enabled-runtime" | "linked" | "linked-runtime" | "alias" | "masked" | "masked-runtime" | "static" | "disabled" | "indirect" | "generated" | "transient" | "bad" | "unknown" | "";
            /** @enum {string} */
            loadState: "stub" | "loaded" | "not-found" | "bad-setting" | "error" | "merged" | "masked" | "unknown";
            /** @enum {string} */
            activeState: "active" | "reloading" | "inactive" | "failed" | "activating" | "deactivating" | "maintenance" | "refreshing" | "unknown";
            subState: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The state of an application.
         * @enum {string}
         */
        ApplicationStatusType: "Preparing" | "Starting" | "Running" | "Error" | "Unknown" | "Completed" | "Stopped" | "Stopping";
        /** @description The content of a volume. */
        ApplicationVolumeStatus: {
            name: string;
            /** @description The image that fills the volume. */
            reference: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The state of one application of the device. */
        DeviceApplicationStatus: {
            name: string;
            /** @description Number of its containers that are ready. */
            ready: string;
            restarts: number;
            status: components["schemas"]["ApplicationStatusType"];
            /** @description It came with the OS image. */
            embedded: boolean;
            appType: components["schemas"]["AppType"];
            runAs?: string;
            volumes?: components["schemas"]["ApplicationVolumeStatus"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The content of a config provider at the last render. */
        DependencySyncConfigRefStatus: {
            configProviderName: string;
            /** @description Identifies the content of the source. */
            fingerprint?: string;
            /**
             * Format: date-time
             * @description Time at which that content last changed.
             */
            lastUpdatedAt?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The way in which the OS is updated: as an image, or by packages.
         * @enum {string}
         */
        OsModeType: "image" | "package";
        /** @description The status that a device reports, as far as it knows it. */
        ReportedDeviceStatus: {
            conditions?: components["schemas"]["Condition"][];
            systemInfo?: {
                architecture?: string;
                /** @description Differs after each boot. */
                bootID?: string;
                operatingSystem?: string;
                agentVersion?: string;
                customInfo?: components["schemas"]["CustomDeviceInfo"];
            } & {
                [key: string]: string;
            };
            systemd?: components["schemas"]["SystemdUnitStatus"][];
            applications?: components["schemas"]["DeviceApplicationStatus"][];
            applicationsSummary?: {
                status?: components["schemas"]["ApplicationsSummaryStatusType"];
                /** @description Why, for people. */
                info?: string;
            } & {
                [key: string]: unknown;
            };
            resources?: {
                cpu?: components["schemas"]["DeviceResourceStatusType"];
                memory?: components["schemas"]["DeviceResourceStatusType"];
                disk?: components["schemas"]["DeviceResourceStatusType"];
            } & {
                [key: string]: unknown;
            };
            integrity?: {
                /** @enum {string} */
                status?: "Verified" | "Failed" | "Unknown" | "Unsupported";
                /** @description Why, for people. */
                info?: string;
                deviceIdentity?: components["schemas"]["DeviceIntegrityCheckStatus"];
                tpm?: components["schemas"]["DeviceIntegrityCheckStatus"];
                /**
                 * Format: date-time
                 * @description Time of the last check of integrity.
                 */
                lastVerified?: string;
            } & {
                [key: string]: unknown;
            };
            config?: {
                /** @description The rendered version that the device has applied. */
                renderedVersion?: string;
            } & {
                [key: string]: unknown;
            };
            os?: {
                /** @description The OS image that the device runs. */
                image?: string;
                /** @description The digest of that image. */
                imageDigest?: string;
            } & {
                [key: string]: unknown;
            };
            updated?: {
                status?: components["schemas"]["DeviceUpdatedStatusType"];
                /** @description Why, for people. */
                info?: string;
            } & {
                [key: string]: unknown;
            };
            summary?: {
                status?: components["schemas"]["DeviceSummaryStatusType"];
                /** @description Why, for people. */
                info?: string;
            } & {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description Time of the device's last sign of life.
             */
            lastSeen?: string;
            lifecycle?: {
                status?: components["schemas"]["DeviceLifecycleStatusType"];
                /** @description Why, for people. */
                info?: string;
            } & {
                [key: string]: unknown;
            };
            dependencySync?: {
                configRefs?: components["schemas"]["DependencySyncConfigRefStatus"][];
            } & {
                [key: string]: unknown;
            };
            capabilities?: {
                osMode?: components["schemas"]["OsModeType"];
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Configuration kept in a Git repository. */
        GitRef: {
            /** @description The repository, by the name of its resource. */
            repository: string;
            /** @description Branch, tag or commit. */
            targetRevision: string;
            /** @description Path of the files in the repository. */
            path: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Configuration kept in a Kubernetes secret. */
        SecretRef: {
            /** @description The secret. */
            name: string;
            /** @description The namespace that the secret is in. */
            namespace: string;
            /** @description The directory on the device that it is written to. */
            mountPath: string;
            /** @description Owner of the files, by name or number; root if not given. */
            user?: string;
            /** @description Group of the files, by name or number; root if not given. */
            group?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Configuration fetched over HTTP. */
        HttpRef: {
            /** @description The repository, by the name of its resource. */
            repository: string;
            /** @description Path and query to append to the repository's URL. */
            suffix?: string;
            /** @description The file on the device that the answer is written to. */
            filePath: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The source of a part of the configuration: exactly one of Git, a secret, HTTP, or files written inline. */
        ConfigProviderSpec: ({
            /** @description Name of the provider. Empty only in specs that the service delivers. */
            name: string;
            gitRef?: components["schemas"]["GitRef"];
            secretRef?: components["schemas"]["SecretRef"];
            /** @description Files written out in the spec itself. */
            inline?: components["schemas"]["FileSpec"][];
            httpRef?: components["schemas"]["HttpRef"];
        } & {
            [key: string]: unknown;
        }) & ({
            gitRef: unknown;
        } | {
            secretRef: unknown;
        } | {
            inline: unknown;
        } | {
            httpRef: unknown;
        });
        /**
         * @description The action of the device when it is decommissioned.
         * @enum {string}
         */
        DeviceDecommissionTargetType: "Unenroll" | "FactoryReset";
        /** @description Asks that a device be decommissioned. */
        DeviceDecommission: {
            target: components["schemas"]["DeviceDecommissionTargetType"];
        } & {
            [key: string]: unknown;
        };
        /** @description A rule for raising an alert about a resource. */
        ResourceAlertRule: {
            /**
             * @description The severity of the alert.
             * @enum {string}
             */
            severity: "Warning" | "Critical" | "Info";
            /** @description The time over which usage is averaged. */
            duration: string;
            /** @description The usage at which the alert begins. */
            percentage: number;
            /** @description The meaning of the alert, for people. */
            description: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Monitors the use of the processors. */
        CpuResourceMonitorSpec: {
            /** @constant */
            monitorType: "CPU";
            /** @description At most one rule for each severity. */
            alertRules: components["schemas"]["ResourceAlertRule"][];
            /** @description The time between two measurements. */
            samplingInterval: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Monitors the use of memory. */
        MemoryResourceMonitorSpec: {
            /** @constant */
            monitorType: "Memory";
            /** @description At most one rule for each severity. */
            alertRules: components["schemas"]["ResourceAlertRule"][];
            /** @description The time between two measurements. */
            samplingInterval: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Monitors the use of a disk. */
        DiskResourceMonitorSpec: {
            /** @constant */
            monitorType: "Disk";
            /** @description At most one rule for each severity. */
            alertRules: components["schemas"]["ResourceAlertRule"][];
            /** @description The time between two measurements. */
            samplingInterval: string;
            /** @description A directory on the disk to watch. */
            path: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A resource to watch; `monitorType` says which. */
        ResourceMonitor: components["schemas"]["CpuResourceMonitorSpec"] | components["schemas"]["MemoryResourceMonitorSpec"] | components["schemas"]["DiskResourceMonitorSpec"];
        /** @description A whole number of seconds (s), minutes (m) or hours (h). */
        Duration: string;
        /** @description An IANA time zone; Local, the device's own, if not given. */
        TimeZone: string;
        /** @description Points in time: minute, hour, day of month, month and day of week, each a value, list, range, step or *. */
        CronExpression: string;
        /** @description The times at which something may start, and the longest delay after them. */
        UpdateSchedule: {
            timeZone?: components["schemas"]["TimeZone"];
            at: components["schemas"]["CronExpression"];
            startGraceDuration: components["schemas"]["Duration"];
        } & {
            [key: string]: unknown;
        };
        /** @description The times at which the device may download an update and apply it. */
        DeviceUpdatePolicySpec: {
            downloadSchedule?: components["schemas"]["UpdateSchedule"];
            updateSchedule?: components["schemas"]["UpdateSchedule"];
        } & {
            [key: string]: unknown;
        };
        /** @description The operating system: an image, or an item of a catalog that names one. */
        DeviceOsSpec: {
            /** @description The OS image, as an OCI reference. */
            image?: string;
            catalogItemRef?: components["schemas"]["CatalogItemRefSpec"];
        } & {
            [key: string]: unknown;
        };
        /** @description A console session that is open. Set by the service. */
        DeviceConsole: {
            sessionID: string;
            /** @description Parameters of the session, as key=value pairs. */
            sessionMetadata: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The desired state of a device: its OS, configuration, applications, and the things it monitors. */
        DeviceSpec: {
            updatePolicy?: components["schemas"]["DeviceUpdatePolicySpec"];
            os?: components["schemas"]["DeviceOsSpec"];
            config?: components["schemas"]["ConfigProviderSpec"][];
            applications?: components["schemas"]["ApplicationProviderSpec"][];
            /** @description The systemd units whose state the device reports. */
            systemd?: {
                matchPatterns?: string[];
            };
            resources?: components["schemas"]["ResourceMonitor"][];
            consoles?: components["schemas"]["DeviceConsole"][];
            decommissioning?: components["schemas"]["DeviceDecommission"];
        } & {
            [key: string]: unknown;
        };
        /** @description Number of devices with each capability. */
        DevicesSummaryCapabilities: {
            /** @description By how the OS is managed; `unknown` for devices that did not say. */
            osMode?: {
                [key: string]: number;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Number of devices in each state. */
        DevicesSummary: {
            total: number;
            /** @description By the status of their applications. */
            applicationStatus: {
                [key: string]: number;
            };
            /** @description By their status as a whole. */
            summaryStatus: {
                [key: string]: number;
            };
            /** @description By their status of updates. */
            updateStatus: {
                [key: string]: number;
            };
            capabilities?: components["schemas"]["DevicesSummaryCapabilities"];
        } & {
            [key: string]: unknown;
        };
        /** @description A device to create, or to replace an existing one with. */
        DeviceRequest: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "Device" | "";
            metadata: components["schemas"]["ObjectMeta"];
            spec?: components["schemas"]["DeviceSpec"];
            /** @description Ignored: a device reports its status itself. */
            status?: unknown;
        };
        /** @description A device's report of its status. */
        DeviceStatusRequest: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "Device" | "";
            metadata: components["schemas"]["ObjectMeta"];
            /** @description Ignored: a report does not change the spec. */
            spec?: unknown;
            status: components["schemas"]["ReportedDeviceStatus"];
        };
        /** @description The facts that a device states when it asks to enroll. */
        EnrollmentRequestSpec: {
            /** @description The certificate signing request (PKCS#10), in PEM. */
            csr: string;
            deviceStatus?: components["schemas"]["ReportedDeviceStatus"];
            /** @description Labels that the device would like to have. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description The rendered version that the device still runs from an earlier enrollment. */
            knownRenderedVersion?: string;
            osMode?: components["schemas"]["OsModeType"];
        } & {
            [key: string]: unknown;
        };
        /** @description A person's answer to a device that wants to enroll. */
        EnrollmentRequestApproval: {
            approved: boolean;
            /** @description Keys and values by which objects are grouped and selected. */
            labels?: {
                [key: string]: string;
            };
            /** @description True if these labels replace the device's own instead of adding to them. */
            replaceLabels?: boolean;
        } & {
            [key: string]: unknown;
        };
        /** @description An enrollment request to create, or to replace an existing one with. */
        EnrollmentRequestSubmission: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "EnrollmentRequest" | "";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["EnrollmentRequestSpec"];
            /** @description Ignored: the service sets it. */
            status?: unknown;
        } & {
            [key: string]: unknown;
        };
        /** @description One step of a patch. */
        PatchOperation: {
            /** @enum {string} */
            op: "add" | "replace" | "remove" | "test";
            /** @description The place to change, as a JSON Pointer. */
            path: string;
            /** @description The value to write or compare there. Every operation except remove needs it. */
            value?: unknown;
        };
        /** @description A JSON Patch (RFC 6902): steps that are applied in order, all or none. */
        PatchRequest: components["schemas"]["PatchOperation"][];
        /** @description A request for tokens (RFC 6749, sections 4.1.3 and 6). */
        TokenRequest: {
            /** @description authorization_code or refresh_token. */
            grant_type: string;
            /** @description The client of the provider, as /auth/config has it. */
            client_id: string;
            /** @description For authorization_code: the code that the issuer sent. */
            code?: string | null;
            /** @description For authorization_code: the proof of the client that asked for the code (PKCE). */
            code_verifier?: string | null;
            /** @description For authorization_code: the address to which the issuer sent the code. */
            redirect_uri?: string | null;
            /** @description For refresh_token: the token to trade. */
            refresh_token?: string | null;
            /** @description For refresh_token: a subset of the scopes granted before. */
            scope?: string | null;
        };
        /** @description Lets the restored spec win over the paused devices that both selectors choose; at least one must be given. */
        DeviceResumeRequest: {
            /** @description Selects devices by their labels. */
            labelSelector?: string;
            /** @description Selects devices by their fields. */
            fieldSelector?: string;
            /** @description Only lists the devices, without acting on them. */
            dryRun?: boolean;
            /** @description The reason, for the audit trail. */
            reason?: string;
            /** @description The maximum number of devices, taken in the order of their names. */
            limit?: number;
        } & ({
            labelSelector: unknown;
        } | {
            fieldSelector: unknown;
        });
        /** @description Lets the spec that each device runs become its desired one, for the paused devices that both selectors choose. */
        DeviceAdoptRequest: {
            /** @description Selects devices by their labels. */
            labelSelector?: string;
            /** @description Selects devices by their fields. */
            fieldSelector?: string;
            /** @description Only lists the devices, without acting on them. */
            dryRun?: boolean;
            /** @description The reason, for the audit trail. */
            reason?: string;
            /** @description The maximum number of devices, taken in the order of their names. */
            limit?: number;
        } & ({
            labelSelector: unknown;
        } | {
            fieldSelector: unknown;
        });
        /** @description A requirement on one label. */
        MatchExpression: {
            /** @description The key of the label. */
            key: string;
            /** @enum {string} */
            operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
            values?: string[];
        } & {
            [key: string]: unknown;
        };
        /** @description Chooses objects by their labels: all requirements must hold. An empty selector chooses none. */
        LabelSelector: {
            /** @description Labels and the values they must have. */
            matchLabels?: {
                [key: string]: string;
            };
            /** @description Further requirements on labels. */
            matchExpressions?: components["schemas"]["MatchExpression"][];
        } & {
            [key: string]: unknown;
        };
        /** @description A whole number from 0 to 100, and a percent sign. */
        Percentage: string;
        /** @description Number of devices that a rollout may disturb at once. */
        DisruptionBudget: {
            /** @description Labels whose values divide the devices into groups, each with its own budget. */
            groupBy?: string[];
            /** @description Number of devices that must stay available. */
            minAvailable?: number;
            /** @description Number of devices that may be unavailable. */
            maxUnavailable?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description Devices that are updated together. */
        Batch: {
            selector?: components["schemas"]["LabelSelector"];
            successThreshold?: components["schemas"]["Percentage"];
            /** @description The most devices in the batch: a number, or a share of the fleet. */
            limit?: components["schemas"]["Percentage"] | number;
        } & {
            [key: string]: unknown;
        };
        /** @description Batches that are updated one after the other. */
        BatchSequence: {
            /** @constant */
            strategy: "BatchSequence";
            sequence?: components["schemas"]["Batch"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The order in which devices are updated; `strategy` says how it is given. */
        RolloutDeviceSelection: components["schemas"]["BatchSequence"];
        /** @description The way in which a change of the template should reach the devices of a fleet. Kept but not followed: a change goes to all devices at once. */
        RolloutPolicy: {
            disruptionBudget?: components["schemas"]["DisruptionBudget"];
            deviceSelection?: components["schemas"]["RolloutDeviceSelection"];
            successThreshold?: components["schemas"]["Percentage"];
            defaultUpdateTimeout?: components["schemas"]["Duration"];
        } & {
            [key: string]: unknown;
        };
        /** @description The desired state of the devices of a fleet. Templates in it are filled in for each device. */
        FleetTemplate: {
            metadata?: components["schemas"]["TemplateMeta"];
            spec: components["schemas"]["DeviceSpec"];
        };
        /** @description The devices that make up the fleet, and their desired state. */
        FleetSpec: {
            selector?: components["schemas"]["LabelSelector"];
            rolloutPolicy?: components["schemas"]["RolloutPolicy"];
            template: components["schemas"]["FleetTemplate"];
        };
        /** @description The progress of a rollout. */
        FleetRolloutStatus: {
            /** @description The batch that is being updated. */
            currentBatch?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description The known state of a fleet. */
        FleetStatus: {
            rollout?: components["schemas"]["FleetRolloutStatus"];
            conditions: components["schemas"]["Condition"][];
            devicesSummary?: components["schemas"]["DevicesSummary"];
        };
        /** @description Devices that are kept alike by one template. */
        Fleet: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Fleet";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["FleetSpec"];
            status?: components["schemas"]["FleetStatus"];
        };
        /** @description A fleet to create, or to replace an existing one with. */
        FleetRequest: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @enum {string} */
            kind: "Fleet" | "";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["FleetSpec"];
            /** @description Ignored: the service sets it. */
            status?: unknown;
        };
        /**
         * @description The kind of a resource that people edit.
         * @enum {string}
         */
        LostDocumentKind: "Device" | "Fleet" | "EnrollmentRequest";
        /** @description Puts lost edits back, as edits of the caller. */
        ReplayRequest: {
            items: {
                kind: components["schemas"]["LostDocumentKind"];
                name: string;
            }[];
            /** @description Only tell what would be put back. */
            dryRun?: boolean;
            /** @description Why; it is on record. */
            reason?: string;
        } | {
            /**
             * @description All that were not put back, at most 200 in one request: ask again with its `continue` while it has one.
             * @constant
             */
            all: true;
            /** @description The `continue` of the answer before. */
            continue?: string;
            /** @description Only tell what would be put back. */
            dryRun?: boolean;
            /** @description Why; it is on record. */
            reason?: string;
        };
        /** @description The backup that the database now holds. */
        RestoreBackup: {
            /** @description The place of the backup. */
            artifact?: string;
            /** @description Checksum of the backup. */
            sha256?: string;
            /**
             * Format: date-time
             * @description Time at which the backup was made: the recovery point.
             */
            takenAt?: string;
        };
        /** @description Declares that the database now holds a backup. */
        RestoreRequest: {
            /** @description The reason why the backup was restored. */
            reason?: string;
            backup?: components["schemas"]["RestoreBackup"];
        };
        /** @description Lets in a device that the database does not know. */
        UnknownDeviceEnrollment: {
            /** @description Keys and values by which objects are grouped and selected. */
            labels?: {
                [key: string]: string;
            };
        };
        /**
         * @description The version of the schema of resources that only Muster has.
         * @constant
         */
        MusterApiVersion: "muster/v1";
        /** @description The answer if there is no other object to return; every error is one. */
        Status: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Status";
            /** @enum {string} */
            status: "Success" | "Failure";
            /** @description The HTTP status of the answer. */
            code: number;
            /** @description The reason, as one word for programs. */
            reason: string;
            /** @description The message for people. */
            message: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Metadata of a page of a list. */
        ListMeta: {
            /** @description The beginning of the next page; absent on the last page. */
            continue?: string;
            /** @description Number of items after this page: exact up to 1,000, an estimate from the statistics of the database above. Absent on the last page, and where selectors choose. */
            remainingItemCount?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description The outcome of the request: Approved, Denied or neither. */
        CertificateSigningRequestStatus: {
            /**
             * Format: byte
             * @description The certificate that was signed, in PEM, in base64.
             */
            certificate?: string;
            conditions: components["schemas"]["Condition"][];
        } & {
            [key: string]: unknown;
        };
        /** @description A request for a certificate from the device CA. */
        CertificateSigningRequest: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "CertificateSigningRequest";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["CertificateSigningRequestSpec"];
            status?: components["schemas"]["CertificateSigningRequestStatus"];
        } & {
            [key: string]: unknown;
        };
        /** @description A page of certificate signing requests. */
        CertificateSigningRequestList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "CertificateSigningRequestList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["CertificateSigningRequest"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The state of the device as a whole. */
        DeviceSummaryStatus: {
            status: components["schemas"]["DeviceSummaryStatusType"];
            /** @description Why, for people. */
            info?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The progress of the device towards its desired state. */
        DeviceUpdatedStatus: {
            status: components["schemas"]["DeviceUpdatedStatusType"];
            /** @description Why, for people. */
            info?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The stage of the device between enrolling and being decommissioned. */
        DeviceLifecycleStatus: {
            status: components["schemas"]["DeviceLifecycleStatusType"];
            /** @description Why, for people. */
            info?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The state of the applications of the device. */
        DeviceApplicationsSummaryStatus: {
            status: components["schemas"]["ApplicationsSummaryStatusType"];
            /** @description Why, for people. */
            info?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The state of the resources that the device monitors. */
        DeviceResourceStatus: {
            cpu: components["schemas"]["DeviceResourceStatusType"];
            memory: components["schemas"]["DeviceResourceStatusType"];
            disk: components["schemas"]["DeviceResourceStatusType"];
        } & {
            [key: string]: unknown;
        };
        /** @description Evidence that the device is what it claims to be. */
        DeviceIntegrityStatus: {
            /** @enum {string} */
            status: "Verified" | "Failed" | "Unknown" | "Unsupported";
            /** @description Why, for people. */
            info?: string;
            deviceIdentity?: components["schemas"]["DeviceIntegrityCheckStatus"];
            tpm?: components["schemas"]["DeviceIntegrityCheckStatus"];
            /**
             * Format: date-time
             * @description Time of the last check of integrity.
             */
            lastVerified?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The configuration that the device runs. */
        DeviceConfigStatus: {
            /** @description The rendered version that the device has applied. */
            renderedVersion: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The operating system that the device runs. */
        DeviceOsStatus: {
            /** @description The OS image that the device runs. */
            image: string;
            /** @description The digest of that image. */
            imageDigest: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Facts about the device, each a text under its own name. */
        DeviceSystemInfo: {
            architecture: string;
            /** @description Differs after each boot. */
            bootID: string;
            operatingSystem: string;
            agentVersion: string;
            customInfo?: components["schemas"]["CustomDeviceInfo"];
        } & {
            [key: string]: string;
        };
        /** @description The content of the sources outside the spec at the last render. */
        DependencySyncStatus: {
            configRefs?: components["schemas"]["DependencySyncConfigRefStatus"][];
        };
        /** @description The capabilities of the device and its agent. */
        DeviceCapabilities: {
            osMode?: components["schemas"]["OsModeType"];
        };
        /** @description The known state of a device. The device itself may have moved on. */
        DeviceStatus: {
            conditions: components["schemas"]["Condition"][];
            systemInfo: components["schemas"]["DeviceSystemInfo"];
            systemd?: components["schemas"]["SystemdUnitStatus"][];
            applications: components["schemas"]["DeviceApplicationStatus"][];
            applicationsSummary: components["schemas"]["DeviceApplicationsSummaryStatus"];
            resources: components["schemas"]["DeviceResourceStatus"];
            integrity: components["schemas"]["DeviceIntegrityStatus"];
            config: components["schemas"]["DeviceConfigStatus"];
            os: components["schemas"]["DeviceOsStatus"];
            updated: components["schemas"]["DeviceUpdatedStatus"];
            summary: components["schemas"]["DeviceSummaryStatus"];
            /**
             * Format: date-time
             * @description Time of the device's last sign of life.
             */
            lastSeen?: string;
            lifecycle: components["schemas"]["DeviceLifecycleStatus"];
            dependencySync?: components["schemas"]["DependencySyncStatus"];
            capabilities?: components["schemas"]["DeviceCapabilities"];
        };
        /**
         * @description A device: its desired state, and its known state.
         * @example {
         *       "apiVersion": "flightctl.io/v1beta1",
         *       "kind": "Device",
         *       "metadata": {
         *         "name": "gateway-0017",
         *         "labels": {
         *           "site": "north"
         *         }
         *       }
         *     }
         */
        Device: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Device";
            metadata: components["schemas"]["ObjectMeta"];
            spec?: components["schemas"]["DeviceSpec"];
            status?: components["schemas"]["DeviceStatus"];
        };
        /** @description A page of devices. */
        DeviceList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "DeviceList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["Device"][];
            summary?: components["schemas"]["DevicesSummary"];
        } & {
            [key: string]: unknown;
        };
        /** @description Time of a device's last sign of life. */
        DeviceLastSeen: {
            /** Format: date-time */
            lastSeen: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description A verdict that pauses a device until a person decides.
         * @enum {string}
         */
        ConflictVerdict: "Ahead" | "Diverged";
        /** @description The place of a device in its history of renders, as the device or the server sees it. */
        Position: {
            /** @description The restore since which renders form one history; null if not stated. */
            timeline: string | null;
            renderedVersion: string;
            /** @description SHA-256 of the spec; null if not known. */
            specHash: string | null;
        };
        /** @description The answer, with the person who gave it and its time. */
        EnrollmentRequestApprovalStatus: {
            approved: boolean;
            /** @description Keys and values by which objects are grouped and selected. */
            labels?: {
                [key: string]: string;
            };
            /** @description True if these labels replace the device's own instead of adding to them. */
            replaceLabels?: boolean;
            approvedBy: string;
            /** Format: date-time */
            approvedAt: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The outcome of the request. */
        EnrollmentRequestStatus: {
            /** @description The certificate that was signed, in PEM. */
            certificate?: string;
            conditions: components["schemas"]["Condition"][];
            approval?: components["schemas"]["EnrollmentRequestApprovalStatus"];
        } & {
            [key: string]: unknown;
        };
        /** @description A device that wants to join, until a person has answered. */
        EnrollmentRequest: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "EnrollmentRequest";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["EnrollmentRequestSpec"];
            status?: components["schemas"]["EnrollmentRequestStatus"];
        } & {
            [key: string]: unknown;
        };
        /** @description A page of enrollment requests. */
        EnrollmentRequestList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "EnrollmentRequestList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["EnrollmentRequest"][];
        } & {
            [key: string]: unknown;
        };
        /** @description An OpenID Connect issuer. */
        OIDCProviderSpec: {
            /** @constant */
            providerType: "oidc";
            displayName?: string;
            /** @description The issuer, by the name that it gives itself. */
            issuer: string;
            /** @description The client with which people log in. */
            clientId: string;
            /** @description Always empty: it is never shown. */
            clientSecret: string;
            enabled?: boolean;
            /** @description Scopes to ask the issuer for. */
            scopes?: string[];
            /** @description Audience that access tokens must have. An addition to the contract. */
            audience?: string;
            usernameClaim?: string[];
            organizationAssignment: {
                /** @constant */
                type: "static";
                organizationName: string;
            } & {
                [key: string]: unknown;
            };
            roleAssignment: {
                /** @constant */
                type: "dynamic";
                claimPath: string[];
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Tokens that people and machines get from elsewhere. */
        TokenProviderSpec: {
            /**
             * @description Tells clients that they have to bring a token.
             * @constant
             */
            providerType: "k8s";
            displayName: string;
            /** @description Empty: no other service is asked. */
            apiUrl: string;
            enabled?: boolean;
        } & {
            [key: string]: unknown;
        };
        /** @description A way to authenticate. */
        AuthProvider: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "AuthProvider";
            metadata: components["schemas"]["ObjectMeta"];
            spec: components["schemas"]["OIDCProviderSpec"] | components["schemas"]["TokenProviderSpec"];
        } & {
            [key: string]: unknown;
        };
        /** @description The ways to log in. */
        AuthConfig: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @description Ways to log in; at least one. */
            providers: components["schemas"]["AuthProvider"][];
            defaultProvider: string;
            organizationsEnabled?: boolean;
            /** @description True if callers have to log in; if not, any token is accepted. An addition to the contract. */
            authenticationRequired: boolean;
        } & {
            [key: string]: unknown;
        };
        /** @description The caller, and the permissions that it has. */
        Identity: {
            /** @description The name that events show: user:NAME or token:NAME. */
            name: string;
            roles: ("viewer" | "operator" | "restorer" | "admin")[];
            /** @description The permissions that the roles give. */
            permissions: ("devices.read" | "devices.edit" | "devices.decide" | "devices.decommission" | "devices.delete" | "fleets.read" | "fleets.edit" | "enrollment.read" | "enrollment.edit" | "enrollment.decide" | "certificates.read" | "certificates.edit" | "certificates.decide" | "restores.read" | "restores.declare" | "events.read" | "metrics.read")[];
        };
        /** @description Tokens, or the reason why there are none. */
        TokenResponse: {
            access_token?: string;
            /** @constant */
            token_type?: "Bearer";
            id_token?: string;
            refresh_token?: string;
            /** @description Validity of the access token, in seconds. */
            expires_in?: number;
            /** @description The reason why there are no tokens (RFC 6749, section 5.2). */
            error?: string;
            /** @description The same in words. */
            error_description?: string;
        };
        /** @description The devices that were resumed. */
        DeviceResumeResponse: {
            /** @description Number of devices that were resumed, or would be. */
            resumedDevices: number;
            /** @description The names of the first 1000 of them. */
            devices: string[];
            /** @description Number of them for which the server has no spec: nothing is sent to them, and they keep what they run. */
            devicesWithNothingToSend?: number;
            /** @description The names of the first 1000 for which the server has no spec. */
            nothingToSend?: string[];
        };
        /** @description The devices that were adopted. */
        DeviceAdoptResponse: {
            /** @description Number of devices that were adopted, or would be. */
            adoptedDevices: number;
            /** @description The names of the first 1000 of them. */
            devices: string[];
            /** @description The first devices that were chosen but stay paused, because they have not sent the spec that they run. */
            withoutSpec?: string[];
            /** @description Number of them for which the server has no spec: nothing is sent to them, and they keep what they run. */
            devicesWithNothingToSend?: number;
            /** @description The names of the first 1000 for which the server has no spec. */
            nothingToSend?: string[];
        };
        /** @description Changes on the device if it is resumed. */
        SpecDifference: {
            /** @description Turns the spec that the device runs into the one that it would be sent. Secrets are masked in both. */
            patch: components["schemas"]["PatchOperation"][];
            /** @description The same as a unified diff of YAML. */
            text: string;
            /** @description Things that the device would lose, such as `file /etc/motd`. */
            removes: string[];
        };
        /** @description The reason why a device is paused, and the facts for a person to decide. */
        DeviceConflict: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "DeviceConflict";
            metadata: {
                /** @description The device. */
                name: string;
            };
            verdict: components["schemas"]["ConflictVerdict"];
            /** @description The reason, for people: both positions as far as they matter. */
            info: string;
            /**
             * Format: date-time
             * @description Time at which the conflict was found.
             */
            since: string;
            /** @description The position that the server expects of the device. */
            server: components["schemas"]["Position"];
            /** @description The position that the device reported. */
            reported: components["schemas"]["Position"] | null;
            /** @description The last position that both histories share; null if it cannot be known. */
            partedAt: {
                timeline: string;
                renderedVersion: string;
            } | null;
            /** @description The server has no spec for the device: resuming sends nothing, and the device keeps what it runs. */
            nothingToSend: boolean;
            /** @description The reason why the spec cannot be rendered, so that resuming sends nothing; null if it can be. */
            specProblem: string | null;
            /** @description The changes that resuming would make; null if nothing would be sent, or while the device has not sent the spec that it runs. */
            difference: components["schemas"]["SpecDifference"] | null;
        };
        /** @description The settings that an agent needs to enroll. */
        EnrollmentConfig: {
            "enrollment-service": {
                authentication: {
                    /**
                     * Format: byte
                     * @description The enrollment certificate in PEM, in base64; empty if none was asked for.
                     */
                    "client-certificate-data": string;
                    /**
                     * Format: byte
                     * @description Always empty: the private key stays with the client that made it.
                     */
                    "client-key-data": string;
                } & {
                    [key: string]: unknown;
                };
                service: {
                    /**
                     * Format: byte
                     * @description Authorities of the listener for devices in PEM, in base64; empty if agents trust the authorities of their system.
                     */
                    "certificate-authority-data": string;
                    /** @description Address of the listener for devices. */
                    server: string;
                } & {
                    [key: string]: unknown;
                };
                /** @description Page that an agent shows to the person who approves it. */
                "enrollment-ui-endpoint": string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description The parts that were changed. */
        ResourceUpdatedDetails: {
            /** @constant */
            detailType: "ResourceUpdated";
            updatedFields: ("owner" | "labels" | "spec" | "spec.selector" | "spec.template")[];
            previousOwner?: string | null;
            newOwner?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description The fleet that the device left, and the one that it joined. */
        DeviceOwnershipChangedDetails: {
            /** @constant */
            detailType: "DeviceOwnershipChanged";
            previousOwner?: string | null;
            newOwner?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description The fleets whose selectors all choose the device. */
        DeviceMultipleOwnersDetectedDetails: {
            /** @constant */
            detailType: "DeviceMultipleOwnersDetected";
            matchingFleets: string[];
        } & {
            [key: string]: unknown;
        };
        /** @description The way in which several matching fleets became one or none. */
        DeviceMultipleOwnersResolvedDetails: {
            /** @constant */
            detailType: "DeviceMultipleOwnersResolved";
            /** @enum {string} */
            resolutionType: "SingleMatch" | "NoMatch" | "FleetDeleted";
            assignedOwner?: string | null;
            previousMatchingFleets?: string[];
        } & {
            [key: string]: unknown;
        };
        /** @description The result of a sync from a repository. */
        ResourceSyncCompletedDetails: {
            /** @constant */
            detailType: "ResourceSyncCompleted";
            commitHash: string;
            changeCount: number;
            errorCount: number;
        } & {
            [key: string]: unknown;
        };
        /** @description The repository that was changed. */
        ReferencedRepositoryUpdatedDetails: {
            /** @constant */
            detailType: "ReferencedRepositoryUpdated";
            repository: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A rollout that began. */
        FleetRolloutStartedDetails: {
            /** @constant */
            detailType: "FleetRolloutStarted";
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
            /** @enum {string} */
            rolloutStrategy: "None" | "Batched";
        } & {
            [key: string]: unknown;
        };
        /** @description A rollout that failed. */
        FleetRolloutFailedDetails: {
            /** @constant */
            detailType: "FleetRolloutFailed";
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A rollout that is done. */
        FleetRolloutCompletedDetails: {
            /** @constant */
            detailType: "FleetRolloutCompleted";
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A batch that was sent out. */
        FleetRolloutBatchDispatchedDetails: {
            /** @constant */
            detailType: "FleetRolloutBatchDispatched";
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
            /** @description The batch within the rollout. */
            batch: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The results of the devices of a batch. */
        FleetRolloutBatchCompletedDetails: {
            /** @constant */
            detailType: "FleetRolloutBatchCompleted";
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
            /** @description The batch within the rollout. */
            batch: string;
            successPercentage: number;
            total: number;
            successful: number;
            failed: number;
            timedOut: number;
        } & {
            [key: string]: unknown;
        };
        /** @description The rollout that the device takes part in. */
        FleetRolloutDeviceSelectedDetails: {
            /** @constant */
            detailType: "FleetRolloutDeviceSelected";
            fleetName: string;
            /** @description The version of the template that is rolled out. */
            templateVersion: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A known vulnerability, and the image in which it was first seen. */
        DeviceVulnerabilityCveDetails: {
            /** @constant */
            detailType: "DeviceVulnerabilityCVE";
            cveId: string;
            firstImageRef?: string;
            firstImageDigest?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A source outside the spec that has new content. */
        DependencyChangeDetectedDetails: {
            /** @constant */
            detailType: "DependencyChangeDetected";
            resourceKey: string;
            fingerprint: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A source outside the spec that could not be checked. */
        DependencySyncProbeFailedDetails: {
            /** @constant */
            detailType: "DependencySyncProbeFailed";
            resourceKey: string;
            error: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The order that an application was given. */
        ApplicationLifecycleChangedDetails: {
            /** @constant */
            detailType: "ApplicationLifecycleChanged";
            appName: string;
            /** @enum {string} */
            action: "stop" | "start" | "restart";
        } & {
            [key: string]: unknown;
        };
        /** @description Details of an event that only Muster has; `detailType` begins with 'Muster'. */
        MusterEventDetails: {
            detailType: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The kind of event, as one word for programs: Flight Control's and Muster's own.
         * @enum {string}
         */
        EventReason: "ResourceCreated" | "ResourceCreationFailed" | "ResourceUpdated" | "ResourceUpdateFailed" | "ResourceDeleted" | "ResourceDeletionFailed" | "DeviceDecommissioned" | "DeviceDecommissionFailed" | "DeviceCPUCritical" | "DeviceCPUWarning" | "DeviceCPUNormal" | "DeviceMemoryCritical" | "DeviceMemoryWarning" | "DeviceMemoryNormal" | "DeviceDiskCritical" | "DeviceDiskWarning" | "DeviceDiskNormal" | "DeviceApplicationError" | "DeviceApplicationDegraded" | "DeviceApplicationHealthy" | "DeviceDisconnected" | "DeviceIsRebooting" | "DeviceConflictPaused" | "DeviceConflictResolved" | "DeviceConnected" | "DeviceContentUpToDate" | "DeviceContentOutOfDate" | "DeviceContentUpdating" | "DeviceUpdateFailed" | "DeviceVulnerabilityCVECritical" | "DeviceVulnerabilityCVEResolved" | "DeviceVulnerabilityCVEWarning" | "DeviceOSImageChanged" | "EnrollmentRequestApproved" | "EnrollmentRequestApprovalFailed" | "DeviceMultipleOwnersDetected" | "DeviceMultipleOwnersResolved" | "DeviceSpecValid" | "DeviceSpecInvalid" | "InternalTaskFailed" | "InternalTaskPermanentlyFailed" | "RepositoryAccessible" | "RepositoryInaccessible" | "ReferencedRepositoryUpdated" | "FleetValid" | "FleetInvalid" | "FleetRolloutCreated" | "FleetRolloutStarted" | "FleetRolloutFailed" | "FleetRolloutCompleted" | "FleetRolloutBatchDispatched" | "FleetRolloutDeviceSelected" | "FleetRolloutBatchCompleted" | "ResourceSyncCommitDetected" | "ResourceSyncAccessible" | "ResourceSyncInaccessible" | "ResourceSyncParsed" | "ResourceSyncParsingFailed" | "ResourceSyncSynced" | "ResourceSyncSyncFailed" | "DependencyChangeDetected" | "DependencySyncProbeFailed" | "SystemRestored" | "EncryptionMigrationStarted" | "EncryptionMigrationCompleted" | "ApplicationLifecycleChanged" | "DeviceAheadWithoutRestore" | "RestoreSuperseded" | "RestoreSettled" | "RestoreMusteringAgain" | "DeviceAnswered" | "DeviceDecommissionCompleted" | "DeviceClonesNoticed" | "DeviceAdopted" | "LostEditReplayed" | "UnknownDeviceReported" | "EnrollmentRequestDenied" | "DeviceCertificateIssued" | "CertificateSigningRequestApproved" | "CertificateSigningRequestDenied";
        /** @description Names an object. */
        ObjectReference: {
            kind: string;
            name: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The part of the service that records the event. */
        EventSource: {
            component: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The event that was being processed. */
        OriginalEvent: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Event";
            metadata: components["schemas"]["ObjectMeta"];
            involvedObject: components["schemas"]["ObjectReference"];
            reason: components["schemas"]["EventReason"];
            /** @description The message for people. */
            message: string;
            /** @enum {string} */
            type: "Normal" | "Warning";
            source: components["schemas"]["EventSource"];
            /** @description The actor: user:NAME, token:NAME (a machine), device:NAME or service:NAME. */
            actor: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Work that failed, and may be tried again. */
        InternalTaskFailedDetails: {
            /** @constant */
            detailType: "InternalTaskFailed";
            errorMessage: string;
            retryCount?: number;
            originalEvent: components["schemas"]["OriginalEvent"];
        } & {
            [key: string]: unknown;
        };
        /** @description Work that failed and was set aside. */
        InternalTaskPermanentlyFailedDetails: {
            /** @constant */
            detailType: "InternalTaskPermanentlyFailed";
            errorMessage: string;
            retryCount: number;
            originalEvent: components["schemas"]["OriginalEvent"];
        } & {
            [key: string]: unknown;
        };
        /** @description More about an event; `detailType` says what. */
        EventDetails: (components["schemas"]["ResourceUpdatedDetails"] | components["schemas"]["DeviceOwnershipChangedDetails"] | components["schemas"]["DeviceMultipleOwnersDetectedDetails"] | components["schemas"]["DeviceMultipleOwnersResolvedDetails"] | components["schemas"]["InternalTaskFailedDetails"] | components["schemas"]["InternalTaskPermanentlyFailedDetails"] | components["schemas"]["ResourceSyncCompletedDetails"] | components["schemas"]["ReferencedRepositoryUpdatedDetails"] | components["schemas"]["FleetRolloutStartedDetails"] | components["schemas"]["FleetRolloutFailedDetails"] | components["schemas"]["FleetRolloutCompletedDetails"] | components["schemas"]["FleetRolloutBatchDispatchedDetails"] | components["schemas"]["FleetRolloutBatchCompletedDetails"] | components["schemas"]["FleetRolloutDeviceSelectedDetails"] | components["schemas"]["DeviceVulnerabilityCveDetails"] | components["schemas"]["DependencyChangeDetectedDetails"] | components["schemas"]["DependencySyncProbeFailedDetails"] | components["schemas"]["ApplicationLifecycleChangedDetails"]) | components["schemas"]["MusterEventDetails"];
        /** @description A record of something that happened: the object, the reason and the actor. */
        Event: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Event";
            metadata: components["schemas"]["ObjectMeta"];
            involvedObject: components["schemas"]["ObjectReference"];
            reason: components["schemas"]["EventReason"];
            /** @description The message for people. */
            message: string;
            /** @enum {string} */
            type: "Normal" | "Warning";
            source: components["schemas"]["EventSource"];
            /** @description The actor: user:NAME, token:NAME (a machine), device:NAME or service:NAME. */
            actor: string;
            details?: components["schemas"]["EventDetails"];
        } & {
            [key: string]: unknown;
        };
        /** @description A page of events. */
        EventList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "EventList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["Event"][];
        } & {
            [key: string]: unknown;
        };
        /** @description A page of fleets. */
        FleetList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "FleetList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["Fleet"][];
        } & {
            [key: string]: unknown;
        };
        /** @description An organization that resources belong to. */
        Organization: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "Organization";
            metadata: components["schemas"]["ObjectMeta"];
            spec?: {
                displayName?: string;
                externalId?: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description Organizations. */
        OrganizationList: {
            apiVersion: components["schemas"]["ApiVersion"];
            /** @constant */
            kind: "OrganizationList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["Organization"][];
        } & {
            [key: string]: unknown;
        };
        /** @description The last edit of a resource that the restored database does not know. */
        LostDocument: {
            kind: components["schemas"]["LostDocumentKind"];
            name: string;
            /**
             * @description What putting it back would do to the resource: make it, edit it or delete it.
             * @enum {string}
             */
            change: "Created" | "Edited" | "Deleted";
            /** @description The person or tool that did it before the database was lost. */
            by: string;
            /**
             * Format: date-time
             * @description Time of that.
             */
            at: string;
            /** @description Time at which it was put back; null while it was not. */
            replayedAt: string | null;
            replayedBy: string | null;
            /** @description Difference between the resource as it is and as it was left, secrets masked. Only if asked for. */
            difference?: string;
        };
        /** @description A page of lost edits, by kind and name. */
        LostDocumentList: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "LostDocumentList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["LostDocument"][];
        };
        /** @description What came of one lost edit. */
        ReplayedItem: {
            kind: components["schemas"]["LostDocumentKind"];
            name: string;
            /**
             * @description Skipped: it was put back before, or the resource was edited since the restore and was not named. Refused: the edit is not possible now.
             * @enum {string}
             */
            outcome: "Replayed" | "Skipped" | "Refused";
            message?: string;
        };
        /** @description What came of each lost edit; in a dry run, what would come of it. */
        ReplayResult: {
            replayed: number;
            items: components["schemas"]["ReplayedItem"][];
            /** @description Where to go on; absent if all were looked at. */
            continue?: string;
        };
        /** @description Number of devices in each state of the muster. */
        RestoreDeviceCounts: {
            /** @description Devices that take part: all except decommissioning and decommissioned ones. */
            total: number;
            /** @description Those that have not answered yet. */
            awaitingReconnect: number;
            answered: number;
            /** @description Those that answered with the position that the server had for them. */
            inSync: number;
            /** @description Those that answered with an older position. */
            behind: number;
            /** @description Those that are paused now. */
            conflictPaused: number;
            /** @description Conflicts in which the restored spec won. */
            resumed: number;
            /** @description Conflicts in which the device's own spec won. */
            adopted: number;
        };
        /** @description Time after which this percentage of the devices had answered; null until then. */
        RestoreReconnectTimes: {
            p50Seconds: number | null;
            p95Seconds: number | null;
            p99Seconds: number | null;
        };
        /** @description The declaration, and the person or tool that made it. */
        RestoreSpec: {
            reason?: string;
            backup?: components["schemas"]["RestoreBackup"];
            /** @description The person or tool that declared it. */
            declaredBy: string;
            /** @description The restore before this one. */
            previous: string | null;
        };
        /**
         * @description Mustering while a device is awaited or paused, then Settled; Superseded by a later restore.
         * @enum {string}
         */
        RestorePhase: "Mustering" | "Settled" | "Superseded";
        /** @description Findings in the journal at the declaration. Absent where none was kept. */
        RestoreJournal: {
            /** @description Versions that were rendered for devices and are not in the database. */
            lostPositions: number;
            /** @description Resources that people edited, made or deleted, which is not in the database. */
            lostDocuments: number;
            /** @description Lines and files of the journal that could not be read. */
            unreadable: number;
            /** @description Why it was not read to its end; null where it was. */
            problem: string | null;
        };
        /** @description The progress of the muster. */
        RestoreStatus: {
            phase: components["schemas"]["RestorePhase"];
            devices: components["schemas"]["RestoreDeviceCounts"];
            firstAnswerAt: string | null;
            lastAnswerAt: string | null;
            settledAt: string | null;
            reconnect: components["schemas"]["RestoreReconnectTimes"];
            journal?: components["schemas"]["RestoreJournal"];
        };
        /** @description The id of a restore, which is also that of its timeline. */
        RestoreMeta: {
            /** Format: uuid */
            name: string;
            /**
             * Format: date-time
             * @description Time of the declaration.
             */
            creationTimestamp: string;
        };
        /** @description A declared event: the database now holds a backup. It starts a new timeline. */
        Restore: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "Restore";
            metadata: components["schemas"]["RestoreMeta"];
            spec: components["schemas"]["RestoreSpec"];
            status: components["schemas"]["RestoreStatus"];
        };
        /** @description A page of restores, newest first. */
        RestoreList: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "RestoreList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["Restore"][];
        };
        /** @description A device whose position differed from the expected one, and the decision. */
        RestoreReportConflict: {
            device: string;
            verdict: components["schemas"]["ConflictVerdict"];
            /** @description The reason, for people: both positions as far as they matter. */
            info: string;
            /** Format: date-time */
            since: string;
            /** @description The position that the device reported. */
            reported: components["schemas"]["Position"] | null;
            /** @description The way in which it ended; null while the device is paused. */
            resolution: ("Resumed" | "Adopted" | "WrittenOff") | null;
            resolvedAt: string | null;
            resolvedBy: string | null;
            /** @description The reason that was given for the decision. */
            reason: string | null;
        };
        /** @description A device that has not answered. */
        AbsentDevice: {
            device: string;
            /** @description Time of its last sign of life; null if there was none. */
            lastSeen: string | null;
        };
        /** @description The record of a recovery. */
        RestoreReport: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "RestoreReport";
            metadata: components["schemas"]["RestoreMeta"];
            spec: components["schemas"]["RestoreSpec"];
            phase: components["schemas"]["RestorePhase"];
            settledAt: string | null;
            devices: components["schemas"]["RestoreDeviceCounts"];
            /** @description Age of the backup when the restore was declared. */
            recoveryPoint: {
                takenAt: string | null;
                ageSeconds: number | null;
            };
            /** @description Time after which this percentage of the devices had answered; null until then. */
            recoveryTime: {
                p50Seconds: number | null;
                p95Seconds: number | null;
                p99Seconds: number | null;
                p100Seconds: number | null;
            };
            conflicts: components["schemas"]["RestoreReportConflict"][];
            /** @description Edits that the database did not know, and which of them were put back. Absent without a journal. */
            lost?: components["schemas"]["LostDocument"][];
            /** @description Devices that have not come back, longest absent first. */
            absent: components["schemas"]["AbsentDevice"][];
        };
        /** @description A device that has reported, but that the database does not know. */
        UnknownDevice: {
            name: string;
            /** Format: date-time */
            firstSeen: string;
            /** Format: date-time */
            lastSeen: string;
            /** @description The position that the device reported. */
            reported: components["schemas"]["Position"];
        };
        /** @description A page of devices that the database does not know. */
        UnknownDeviceList: {
            apiVersion: components["schemas"]["MusterApiVersion"];
            /** @constant */
            kind: "UnknownDeviceList";
            metadata: components["schemas"]["ListMeta"];
            items: components["schemas"]["UnknownDevice"][];
        };
        /** @description Version of the service. */
        Version: {
            /** @description The version of the service. */
            version: string;
        };
        /** @description Distinct labels as key=value, sorted. */
        LabelList: string[];
    };
    responses: {
        /** @description Too many requests. */
        TooManyRequests: {
            headers: {
                /** @description Seconds after which a retry makes sense. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description The headers are too long, or too many. */
        RequestHeaderFieldsTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description Try again later: Retry-After says when. */
        ServiceUnavailable: {
            headers: {
                /** @description Seconds after which a retry makes sense. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description The request is malformed; nothing was changed. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description Who calls is not known. */
        Unauthorized: {
            headers: {
                /** @description Credentials that would help (RFC 9110, section 11.6.1). */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description Who calls may not do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description There is no such resource. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description The resource has changed, or exists already. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description The body is too large. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
        /** @description The body is in a form, or has a content encoding, that is not read here. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Status"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    readyz: {
        parameters: {
            query?: {
                /** @description With `queue` the process is not ready either while the queue or its worker is away: for one that is there to render. */
                needs?: "queue";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready; `state` says if something is away that no answer needs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description `ok` if the database answers and takes writes; `read-only` if it is a standby, or was made read-only.
                         * @enum {string}
                         */
                        database: "ok" | "down" | "read-only";
                        /**
                         * @description `ok` if the render queue answers.
                         * @enum {string}
                         */
                        queue: "ok" | "down";
                        /**
                         * @description `ok` if the render worker takes jobs; `none` where there is none.
                         * @enum {string}
                         */
                        worker: "ok" | "lost" | "none";
                        /**
                         * @description `degraded` if something is away that no answer needs.
                         * @enum {string}
                         */
                        state: "ready" | "degraded";
                        /** @description What is away, and what goes on without it; absent where nothing is. */
                        message?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            /** @description Not ready: `parts` says what is missing. Without it the request itself was turned away. */
            503: {
                headers: {
                    /** @description Seconds after which a retry makes sense. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiVersion: components["schemas"]["ApiVersion"];
                        /** @enum {string} */
                        kind: "Status";
                        /** @enum {string} */
                        status: "Success" | "Failure";
                        /** @description The HTTP status of the answer. */
                        code: number;
                        /** @description The reason, as one word for programs. */
                        reason: string;
                        /** @description The message for people. */
                        message: string;
                        parts?: {
                            /**
                             * @description `ok` if the database answers and takes writes; `read-only` if it is a standby, or was made read-only.
                             * @enum {string}
                             */
                            database: "ok" | "down" | "read-only";
                            /**
                             * @description `ok` if the render queue answers.
                             * @enum {string}
                             */
                            queue: "ok" | "down";
                            /**
                             * @description `ok` if the render worker takes jobs; `none` where there is none.
                             * @enum {string}
                             */
                            worker: "ok" | "lost" | "none";
                        };
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    authToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A provider of /auth/config. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenResponse"];
                };
            };
            /** @description There are no tokens; `error` says why, as the issuer does. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenResponse"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRestores: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoreList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    declareRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key answers the same restore. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreRequest"] | null;
            };
        };
        responses: {
            /** @description The key was used before, for this restore. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            /** @description Declared. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restore"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    watchRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream of events named `restore`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    reportRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestoreReport"];
                    "text/markdown": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUnknownDevices: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
            };
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnknownDeviceList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    enrollUnknownDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "current" | string;
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UnknownDeviceEnrollment"] | null;
            };
        };
        responses: {
            /** @description The device, as it was created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listLostDocuments: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                kind?: components["schemas"]["LostDocumentKind"];
                /** @description Compare each with the resource as it is. */
                diff?: "true" | "false";
            };
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LostDocumentList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replayLostDocuments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: "current" | string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    resumeDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceResumeRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceResumeResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    adoptDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceAdoptRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAdoptResponse"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDeviceConflict: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceConflict"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDevices: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                /** @description Only what has these labels, as in Kubernetes; everything if blank. */
                labelSelector?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
                /** @description Only say how many devices there are in each state. Of more than 50,000 devices without selectors the numbers are those of the last count, and the header `Age` says how many seconds ago that began. */
                summaryOnly?: boolean;
                /** @description Not supported. */
                cveId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of devices, or a summary. */
            200: {
                headers: {
                    /** @description Seconds since the numbers of the answer were counted. */
                    Age?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceRequest"];
            };
        };
        responses: {
            /** @description Replaced. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    patchDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDeviceLastSeen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceLastSeen"];
                };
            };
            /** @description It never was. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    decommissionDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceDecommission"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDeviceStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceDeviceStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceStatusRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    patchDeviceStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRenderedDevice: {
        parameters: {
            query?: {
                /** @description The rendered version that the caller has. */
                knownRenderedVersion?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description The caller has the newest. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listFleets: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                /** @description Only what has these labels, as in Kubernetes; everything if blank. */
                labelSelector?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
                /** @description Say how many of its devices are in each state. Where these are more than 50,000 the numbers are those of the last count. */
                addDevicesSummary?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FleetList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createFleet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FleetRequest"];
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    /** @description Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`. */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getFleet: {
        parameters: {
            query?: {
                /** @description Say how many of its devices are in each state. Where these are more than 50,000 the numbers are those of the last count. */
                addDevicesSummary?: boolean;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceFleet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FleetRequest"];
            };
        };
        responses: {
            /** @description Replaced. */
            200: {
                headers: {
                    /** @description Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`. */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    /** @description Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`. */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteFleet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    patchFleet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    /** @description Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`. */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getFleetStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceFleetStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fleet"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    patchFleetStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listEnrollmentRequests: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                /** @description Only what has these labels, as in Kubernetes; everything if blank. */
                labelSelector?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequestList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrollmentRequestSubmission"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrollmentRequestSubmission"];
            };
        };
        responses: {
            /** @description Replaced. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequest"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    patchEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["PatchRequest"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    approveEnrollmentRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrollmentRequestApproval"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    /** @description Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`. */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentRequestApprovalStatus"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEnrollmentConfig: {
        parameters: {
            query?: {
                /** @description Certificate signing request whose certificate is to be in it, once that was issued. */
                csr?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrollmentConfig"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listCertificateSigningRequests: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                /** @description Only what has these labels, as in Kubernetes; everything if blank. */
                labelSelector?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequestList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createCertificateSigningRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CertificateSigningRequestSubmission"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getCertificateSigningRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceCertificateSigningRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CertificateSigningRequestSubmission"];
            };
        };
        responses: {
            /** @description It was there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequest"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteCertificateSigningRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateCertificateSigningRequestApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CertificateSigningRequestApproval"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateSigningRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listLabels: {
        parameters: {
            query: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description Only what has these labels, as in Kubernetes; everything if blank. */
                labelSelector?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
                /** @description Kind of the resources that have the labels. */
                kind: "Device";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Most items to return; 1000 if it is not given or 0. */
                limit?: number;
                /** @description The `continue` of the page before, to get the one after it. */
                continue?: string;
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
                /** @description Oldest (asc) or newest (desc) first. */
                order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                /** @description Only what has these fields; everything if blank. */
                fieldSelector?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    authConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthConfig"];
                };
            };
            429: components["responses"]["TooManyRequests"];
        };
    };
    authValidate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identity"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
