CREATE TABLE `forgotten_people` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`request_id` text NOT NULL,
	`author_network_id` text,
	`handle_hash` text,
	`name_hash` text,
	`name_words` integer DEFAULT 0 NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`request_id`) REFERENCES `removal_requests`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `forgotten_people_account` ON `forgotten_people` (`account_id`);--> statement-breakpoint
CREATE TABLE `removal_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`state` text NOT NULL,
	`about` text NOT NULL,
	`words` text NOT NULL,
	`email` text NOT NULL,
	`asked_at` integer NOT NULL,
	`reminders` integer DEFAULT 0 NOT NULL,
	`closed_by` text,
	`closed_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`closed_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `removal_requests_state` ON `removal_requests` (`account_id`,`state`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text,
	`person_id` text,
	`kind` text NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`state` text NOT NULL,
	`week_host_id` text,
	`planned_for` integer,
	`held_by` text,
	`calendar` text,
	`cause` text,
	`items` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer NOT NULL,
	`trouble` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_mails`("id", "account_id", "person_id", "kind", "to", "subject", "text", "state", "week_host_id", "planned_for", "held_by", "calendar", "cause", "items", "tries", "next_try_at", "trouble", "created_at", "sent_at") SELECT "id", "account_id", "person_id", "kind", "to", "subject", "text", "state", "week_host_id", "planned_for", "held_by", "calendar", "cause", "items", "tries", "next_try_at", "trouble", "created_at", "sent_at" FROM `mails`;--> statement-breakpoint
DROP TABLE `mails`;--> statement-breakpoint
ALTER TABLE `__new_mails` RENAME TO `mails`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`state`,`next_try_at`);--> statement-breakpoint
CREATE INDEX `mails_created` ON `mails` (`created_at`);--> statement-breakpoint
CREATE INDEX `mails_planned` ON `mails` (`state`,`planned_for`);--> statement-breakpoint
CREATE INDEX `mails_host` ON `mails` (`week_host_id`);--> statement-breakpoint
CREATE INDEX `mails_cause` ON `mails` (`person_id`,`cause`,`created_at`);